
//% if presence
/* What a packet has. */
//% each presence
#define /*= macro */ (1u << /*= bit */)
//% end

//% end
/* The fields that the filter asks for, in host byte order; zero where the packet lacks them. */
struct kefir_headers {
	__u32 present;
	//% each places
	/*= type */ /*= name */;
	//% end
};
//% if tests_presence

/* Whether the packet has all that is wanted. */
static __always_inline int kefir_has(const struct kefir_headers *h, __u32 wanted)
{
	return (h->present & wanted) == wanted;
}
//% end
