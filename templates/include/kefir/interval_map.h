
/*
 * Maps an integer of up to 32, 64 or 128 bits to a class: lib/classify/interval_map/ builds the table. It is in a map
 * value whose size the verifier knows, at a multiple of 8 bytes, better of 64.
 *
 * If `shape` is a constant it costs nothing, from .rodata three loads a lookup: { rodata.outside, ... }.
 */

/* What is known of a table when the program is loaded. Tables of the same shape can take each other's place. */
struct kefir_interval_shape {
	__u32 outside;	/* number of the last slot of the root */
	__u32 limit;	/* nothing starts more bytes behind the start of the table */
	__u32 root;	/* bytes before the header: 0 unless the table shares its value with others */
	__u32 masked;	/* 1: what begins where KEFIR_MASK allows is within the value, and there is no limit */
};

struct kefir_interval_header {
	__u64 root_base;	/* of the first slot */
	__u32 root_shift;
	__u32 grouped;		/* whether slots of the root lead to slots, not to chunks */
	union {
		struct {
			__u64 spread;	/* 1 in each lane */
			__u64 highest;	/* the highest bit of each lane */
			__u64 lowest;	/* the same 15 bits lower */
			__u32 window;	/* the bits of a key */
		};
		struct {
			__u64 base[2];	/* what all boundaries have in common */
			__u64 mask[2];	/* in these bits: whatever differs there is of class `outside` */
			__u32 shift;	/* left, until the rest begins at the top */
			__u32 skip;	/* 1: by 64 more */
			__u32 outside;
			__u32 halves;	/* 1: a key of 64 bits may lead to what the other half is */
		};
	};
};

struct kefir_interval_slot {
	__u32 first;		/* plus the value shifted, modulo 2^32: the chunk, or the slot */
	__u8 shift;
	__u8 leaf_shift;
	__u16 unused;
};

#ifndef KEFIR_MASK
#define KEFIR_MASK(offset) (offset)
#endif

#define KEFIR_INTERVAL_KIND 0x3c000000
#define KEFIR_INTERVAL_INDEX 0x03ffffff

/*
 * What a reference leads to: `size` bytes each, counted from the start of the table. The verifier knows no bound of what
 * the table says; a table that was built for this shape has no reference beyond.
 *
 * The empty instructions keep clang from comparing one register and using another, and from adding before it compares:
 * of either the verifier would know nothing ("R2 unbounded memory access").
 */
#define kefir_interval_at(type, table, shape, index, size)                      \
	({                                                                      \
		__u64 offset = (__u64)(__u32)(index) * (size);                  \
		if ((shape).masked) {                                           \
			offset = KEFIR_MASK(offset);                            \
		} else {                                                        \
			asm volatile("" : "+r"(offset));                        \
			if (offset > (shape).limit)                             \
				return 0;                                       \
			asm volatile("" : "+r"(offset));                        \
		}                                                               \
		(const type *)((table) + offset);                               \
	})

/* The slot whose chunks a value is in; `index` is that of the slot of the root. */
static __always_inline const struct kefir_interval_slot *
kefir_interval_slot(const __u8 *table, const struct kefir_interval_shape shape, __u64 index, __u64 value)
{
	const struct kefir_interval_header *header = (const void *)(table + shape.root);

	asm volatile("" : "+r"(index));
	if (index > shape.outside)
		index = shape.outside;
	asm volatile("" : "+r"(index));

	const struct kefir_interval_slot *slot = (const struct kefir_interval_slot *)(header + 1) + index;

	if (header->grouped)
		slot = kefir_interval_at(struct kefir_interval_slot, table, shape, slot->first + (__u32)(value >> slot->shift), 8);
	return slot;
}
//% if interval32

/* Whether each lane of the values is not below that of the keys: 1 or 0, in lanes of 16 bits. */
#define kefir_interval_lanes(keys) ((values - (keys)) >> 15 & header->lowest)

/* The sum of four lanes of 16 bits. */
#define kefir_interval_sum(lanes) ((lanes) * 0x0001000100010001ull >> 48)

static __always_inline __u32 kefir_interval_lookup32(const __u8 *table, const struct kefir_interval_shape shape, __u32 value)
{
	const struct kefir_interval_header *header = (const void *)(table + shape.root);
	__u32 index = (value >> header->root_shift) - (__u32)header->root_base;
	const struct kefir_interval_slot *slot = kefir_interval_slot(table, shape, index, value);

	if (!slot)
		return 0;

	__u32 reference = *kefir_interval_at(__u32, table, shape, slot->first + (value >> slot->shift), 4);
	__u64 values = ((value >> slot->leaf_shift) & header->window) * header->spread | header->highest;

	/* An inner node has 13 children, or 7 with long lanes: never more levels than the loop takes. */
	KEFIR_SHORT_LOOP
	for (int i = 0; i < 12; i++) {
		//% if unrolls
		/* Without, clang makes one condition of two, and does not know any more that it is 12 rounds at most. */
		KEFIR_COMPUTED(reference);
		//% end
		if (!(reference & KEFIR_INTERVAL_KIND))
			break;

		const __u64 *inner = kefir_interval_at(__u64, table, shape, reference & KEFIR_INTERVAL_INDEX, 32);

		reference = *(const __u32 *)inner + kefir_interval_sum(kefir_interval_lanes(inner[1]) +
								       kefir_interval_lanes(inner[2]) +
								       kefir_interval_lanes(inner[3]));
	}

	const __u64 *leaf = kefir_interval_at(__u64, table, shape, reference & KEFIR_INTERVAL_INDEX, 32);
	__u32 below = kefir_interval_sum(kefir_interval_lanes(leaf[0]) + kefir_interval_lanes(leaf[1])) & 7;

	return ((const __u16 *)leaf)[8 + below];
}
//% end
//% if interval_wide

/* 1 if the key is above the value: the sign of the difference where keys are near to each other, else the borrow. */
#define kefir_interval_above(at, key) \
	((far ? (~(key) & (at)) | ((~(key) | (at)) & ((key) - (at))) : (key) - (at)) >> 63)

/* 1 if any bit is set. The empty instruction keeps clang from making a branch of it, which would be mispredicted. */
static __always_inline __u32 kefir_interval_nonzero(__u64 bits)
{
	bits |= -bits;
	asm volatile("" : "+r"(bits));
	return bits >> 63;
}

/* What a tree says of a key: a class, or a reference to a tree of lower halves. */
static __always_inline __u32 kefir_interval_tree(const __u8 *table, const struct kefir_interval_shape shape, __u32 reference,
						 __u64 key, const int far)
{
	KEFIR_SHORT_LOOP
	for (int i = 0; i < 12; i++) {
		//% if unrolls
		/* Without, clang makes one condition of two, and does not know any more that it is 12 rounds at most. */
		KEFIR_COMPUTED(reference);
		//% end
		if (!(reference & KEFIR_INTERVAL_KIND))
			break;

		const __u64 *inner = kefir_interval_at(__u64, table, shape, reference & KEFIR_INTERVAL_INDEX, 64);
		const __u32 *words = (const __u32 *)inner;

		if ((reference & KEFIR_INTERVAL_KIND) == KEFIR_INTERVAL_KIND) {
			/* Cells of equal size; one more is for what is outside. */
			__u64 cell = (key >> words[4]) - inner[0];

			if (cell > words[3])
				cell = words[3];
			reference = *kefir_interval_at(__u32, table, shape, words[2] + cell, 4);
		} else {
			__u64 child = 7 - kefir_interval_above(inner[1], key) - kefir_interval_above(inner[2], key) -
				      kefir_interval_above(inner[3], key) - kefir_interval_above(inner[4], key) -
				      kefir_interval_above(inner[5], key) - kefir_interval_above(inner[6], key) -
				      kefir_interval_above(inner[7], key);

			/* Separators that are not used are not above the greatest of all values. */
			if (far && child > words[1])
				child = words[1];
			reference = words[0] + child;
		}
	}

	const __u64 *leaf = kefir_interval_at(__u64, table, shape, reference & KEFIR_INTERVAL_INDEX, 64);
	__u64 below = 4 - kefir_interval_above(leaf[0], key) - kefir_interval_above(leaf[1], key) - kefir_interval_above(leaf[2], key) -
		      kefir_interval_above(leaf[3], key);
	//% if unrolls
	/* Without, clang sees that it is small and leaves out the masks; the verifier does not see it, without 32-bit operations. */
	KEFIR_COMPUTED(below);
	//% end
	__u64 last = (below - 1) & 3;
	__u64 differs = leaf[last] ^ key;
	__u32 equal = ((const __u32 *)leaf)[8 + last];
	__u32 after = ((const __u16 *)leaf)[24 + (below & 7)];
	return equal ^ ((equal ^ after) & -kefir_interval_nonzero(differs));
}

static __always_inline __u32 kefir_interval_wide(const __u8 *table, const struct kefir_interval_shape shape, __u64 key)
{
	const struct kefir_interval_header *header = (const void *)(table + shape.root);
	const struct kefir_interval_slot *slot =
		kefir_interval_slot(table, shape, (key >> header->root_shift) - header->root_base, key);

	if (!slot)
		return 0;

	__u32 chunk = slot->first + (__u32)(key >> slot->shift);

	return kefir_interval_tree(table, shape, *kefir_interval_at(__u32, table, shape, chunk, 4), key, 0);
}
//% end
//% if interval64

static __always_inline __u32 kefir_interval_lookup64(const __u8 *table, const struct kefir_interval_shape shape, __u64 value)
{
	return kefir_interval_wide(table, shape, value);
}
//% end
//% if interval128

static __always_inline __u32 kefir_interval_lookup128(const __u8 *table, const struct kefir_interval_shape shape, __u64 high,
						      __u64 low)
{
	const struct kefir_interval_header *header = (const void *)(table + shape.root);

	if (((high ^ header->base[0]) & header->mask[0]) | ((low ^ header->base[1]) & header->mask[1]))
		return header->outside;
	if (header->skip) {
		high = low;
		low = 0;
	}

	__u32 shift = header->shift;
	__u32 found = kefir_interval_wide(table, shape, high << shift | low >> 1 >> (63 - shift));

	if (!header->halves)
		return found;
	low <<= shift;
	if (found >> 30 == 2)
		return kefir_interval_tree(table, shape, found, low, 1);

	/*
	 * A tail: a key, what it is, what is below and what above. Without one the header is read instead, and what it says
	 * not used: a branch would be mispredicted where every other value is in the map.
	 */
	__u32 has_tail = -(found >> 31);

	asm volatile("" : "+r"(has_tail));

	const __u64 *tail = kefir_interval_at(__u64, table, shape, found & KEFIR_INTERVAL_INDEX & has_tail, 16);
	const int far = 1;
	__u32 place = 2 * kefir_interval_nonzero(low ^ *tail) - kefir_interval_above(*tail, low);

	return found ^ ((found ^ ((const __u16 *)tail)[4 + (place & 3)]) & has_tail);
}
//% end
