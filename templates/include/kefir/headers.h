
//% if presence
/* What a packet has. */
//% each presence
#define /*= macro */ (1/*= suffix */ << /*= bit */)
//% end

//% end
/* The fields that the filter asks for, in host byte order; zero where the packet lacks them. */
struct kefir_headers {
	/*= present_type */ present;
	//% if by_number
	/* Read by the number of a field, without a branch for each. */
	union {
		struct {
			//% each places
			/*= type */ /*= name */;
			//% end
		};
		/*= value_type */ values[/*= last_place */ + 1];
	};
	//% else
	//% each places
	/*= type */ /*= name */;
	//% end
	//% end
};
//% if forgets

/*
 * The same number, of which the verifier knows nothing: it would go through all that follows for each that it can tell from
 * the others. It knows nothing of what is in a map's value, which the headers are then.
 */
static __always_inline __u64 kefir_forget(const struct kefir_headers *h, __u64 value)
{
	/* Any 64 bits, as far as the verifier knows. */
	__u64 any = *(const volatile __u32 *)&h->present * 0x100000001ull;

	value += any;
	KEFIR_COMPUTED(value);
	return value - any;
}
//% end
//% if tests_presence

//% if rereads
/* Headers that are read anew each time: of what it has in a register, the verifier would learn, rule by rule and bit by bit. */
typedef const volatile struct kefir_headers kefir_read_headers;
//% else
typedef const struct kefir_headers kefir_read_headers;
//% end

/* Whether the packet has all that is wanted. */
static __always_inline int kefir_has(kefir_read_headers *h, /*= present_type */ wanted)
{
	return (h->present & wanted) == wanted;
}
//% end
