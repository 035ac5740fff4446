
/*
 * Large sets. A value is looked up once for all sets of its place: it has a class, that of all values which are in the same
 * sets, and rules compare the class or the bits that say which sets these are. All tables are in one memory, behind those of
 * the strategy. Where that begins and ends is set when the program is loaded, as in KEFIR_MASK.
 */
#define KEFIR_SIZE(mark) ({ \
	__u64 kefir_size = -1; \
	asm("%0 &= " mark : "+r"(kefir_size)); \
	kefir_size; \
})
#ifndef KEFIR_SETS
#define KEFIR_SETS KEFIR_SIZE("/*= sets_mark */")
#endif
//% if set_intervals
#ifndef KEFIR_SETS_LIMIT
#define KEFIR_SETS_LIMIT KEFIR_SIZE("/*= sets_limit_mark */")
#endif
#define KEFIR_SETS_SHAPE(last, at) ((struct kefir_interval_shape){ .outside = (last), .limit = KEFIR_SETS_LIMIT, .root = (at) })
//% end
//% if direct

static __always_inline __u32 kefir_direct(const __u8 *classes, __u32 value, const __u32 last)
{
	/* The verifier is to see that the value is small. */
	asm volatile("" : "+r"(value));
	return ((const __u16 *)classes)[value & last];
}
//% end
//% if bits

/* Which sets a class is in: a word of those of the class. */
static __always_inline __u32 kefir_sets_of(const __u8 *bits, __u32 class, const __u32 last, const __u32 words, const __u32 word)
{
	asm volatile("" : "+r"(class));
	return ((const __u16 *)bits)[(class & last) * words + word];
}
//% end

/* What the packet lacks is in no set. */
KEFIR_APART int kefir_look_up_sets(struct kefir_headers *h, const __u8 *tables)
{
	const __u8 *sets = tables + KEFIR_SETS;

	//% each lookups
	if (kefir_has(h, /*= presence */)) {
		__u32 class = /*= class */;

		//% each results
		h->/*= place */ = /*= result */;
		//% end
	}
	//% end
	return 0;
}
