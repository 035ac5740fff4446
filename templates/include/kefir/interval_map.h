
/*
 * Maps an integer of up to 32, 64 or 128 bits to a class: lib/classify/interval_map/ builds the table and says what its
 * parts are. The table is in a map value whose size the verifier knows, at a multiple of 8 bytes, better of 64.
 */

/* What is known of a table when the program is loaded. Tables of the same shape can take each other's place. */
struct kefir_interval_shape {
	__u32 root_shift;	/* 32 less the bits of the root */
	__u32 chunk_count;
	__u32 node_count;
	__u32 tail_count;
	__u32 chunk_offset;	/* bytes from the start of the table */
	__u32 node_offset;
	__u32 tail_offset;
};

struct kefir_interval_header {
	__u64 base[2];		/* what all boundaries have in common */
	__u64 mask[2];		/* in these bits: whatever differs there is of class `outside` */
	__u32 shift;		/* left, until the rest begins at the top */
	__u32 skip;		/* 1: by 64 more */
	__u32 outside;
	__u32 unused[5];
};

struct kefir_interval_slot {
	__u32 first;		/* plus the value shifted by chunk_shift, modulo 2^32: the chunk */
	__u8 chunk_shift;
	__u8 leaf_shift;
	__u16 unused;
};

#define KEFIR_INTERVAL_INDEX 0x03ffffff
#define KEFIR_INTERVAL_HEIGHT(reference) ((reference) >> 26 & 15)
#define KEFIR_INTERVAL_SUBTREE 0x80000000
#define KEFIR_INTERVAL_TAIL 0x40000000
#define KEFIR_INTERVAL_LANES 0x0001000100010001ull
#define KEFIR_INTERVAL_HIGHEST 0x8000800080008000ull
/* Above a leaf: of 15-bit keys, and of 64-bit keys. */
#define KEFIR_INTERVAL_NARROW_HEIGHT 4
#define KEFIR_INTERVAL_WIDE_HEIGHT 9

/*
 * The verifier follows an index only if the register that was compared is the one that is used: without this, clang
 * compares one and uses another ("R1 unbounded memory access").
 */
#define kefir_interval_keep(index) asm volatile("" : "+r"(index))

static __always_inline const __u64 *kefir_interval_node(const __u8 *table, const volatile struct kefir_interval_shape *shape,
							__u32 reference)
{
	__u64 index = reference & KEFIR_INTERVAL_INDEX;

	kefir_interval_keep(index);
	if (index >= shape->node_count)
		return NULL;
	return (const __u64 *)(table + shape->node_offset + index * 64);
}

/* The chunk's reference; `top` are the highest 32 bits of the shifted value. */
static __always_inline __u32 kefir_interval_chunk(const __u8 *table, const volatile struct kefir_interval_shape *shape,
						  const struct kefir_interval_slot *slot, __u32 top)
{
	__u32 narrow = slot->first + (top >> (slot->chunk_shift & 31));
	__u64 chunk = narrow;

	kefir_interval_keep(chunk);
	if (chunk >= shape->chunk_count)
		return 0;
	return *(const __u32 *)(table + shape->chunk_offset + chunk * 4);
}

static __always_inline const struct kefir_interval_slot *
kefir_interval_root(const __u8 *table, const volatile struct kefir_interval_shape *shape, __u32 top)
{
	__u64 index = top >> (shape->root_shift & 31);

	return (const struct kefir_interval_slot *)(table + sizeof(struct kefir_interval_header) + index * 8);
}

//% if interval32
/* Whether each of four lanes of 15 bits is not above its value, in the lowest bit of the lane. */
#define kefir_interval_lanes(values, keys) (((values) - (keys)) >> 15 & KEFIR_INTERVAL_LANES)

/* The sum of the four lanes. */
#define kefir_interval_sum(lanes) ((lanes) * KEFIR_INTERVAL_LANES >> 48)

static __always_inline __u32 kefir_interval_lookup32(const __u8 *table, const volatile struct kefir_interval_shape *shape,
						     __u32 value)
{
	const struct kefir_interval_header *header = (const void *)table;

	if ((value ^ (__u32)header->base[0]) & (__u32)header->mask[0])
		return header->outside;

	__u32 top = value << (header->shift & 31);
	const struct kefir_interval_slot *slot = kefir_interval_root(table, shape, top);
	__u32 reference = kefir_interval_chunk(table, shape, slot, top);
	__u64 lane = top >> (slot->leaf_shift & 31) & 0x7fff;
	__u64 values = (lane * KEFIR_INTERVAL_LANES) | KEFIR_INTERVAL_HIGHEST;
	const __u64 *node = kefir_interval_node(table, shape, reference);

	if (!node)
		return 0;
	for (__u32 i = 0; i < KEFIR_INTERVAL_NARROW_HEIGHT; i++) {
		if (i >= KEFIR_INTERVAL_HEIGHT(reference))
			break;
		__u64 below = kefir_interval_lanes(values, node[1]) + kefir_interval_lanes(values, node[2]) +
			      kefir_interval_lanes(values, node[3]) + kefir_interval_lanes(values, node[4]) +
			      kefir_interval_lanes(values, node[5]) + kefir_interval_lanes(values, node[6]) +
			      kefir_interval_lanes(values, node[7]);

		node = kefir_interval_node(table, shape, *(const __u32 *)node + kefir_interval_sum(below));
		if (!node)
			return 0;
	}

	__u64 below = kefir_interval_lanes(values, node[0]) + kefir_interval_lanes(values, node[1]) +
		      kefir_interval_lanes(values, node[2]) + kefir_interval_lanes(values, node[3]);

	return ((const __u16 *)node)[16 + (kefir_interval_sum(below) & 15)];
}
//% end
//% if interval_wide
/* 1 if the key is above the value. */
static __always_inline __u64 kefir_interval_above(__u64 key, __u64 value)
{
	return ((~value & key) | ((~value | key) & (value - key))) >> 63;
}

/* What the tree says of a key: a class, or a reference to a tree of lower halves. */
static __always_inline __u32 kefir_interval_tree(const __u8 *table, const volatile struct kefir_interval_shape *shape,
						 __u32 reference, __u64 key)
{
	const __u64 *node = kefir_interval_node(table, shape, reference);

	if (!node)
		return 0;
	for (__u32 i = 0; i < KEFIR_INTERVAL_WIDE_HEIGHT; i++) {
		if (i >= KEFIR_INTERVAL_HEIGHT(reference))
			break;
		__u64 child = 7 - kefir_interval_above(node[1], key) - kefir_interval_above(node[2], key) -
			      kefir_interval_above(node[3], key) - kefir_interval_above(node[4], key) -
			      kefir_interval_above(node[5], key) - kefir_interval_above(node[6], key) -
			      kefir_interval_above(node[7], key);
		__u64 last = ((const __u32 *)node)[1];

		/* Separators that are not used are not above the greatest of all values. */
		if (child > last)
			child = last;
		node = kefir_interval_node(table, shape, *(const __u32 *)node + child);
		if (!node)
			return 0;
	}

	__u64 below = 4 - kefir_interval_above(node[0], key) - kefir_interval_above(node[1], key) -
		      kefir_interval_above(node[2], key) - kefir_interval_above(node[3], key);
	__u64 last = (below - 1) & 3;
	__u64 differs = node[last] ^ key;
	__u32 equal = ((const __u32 *)node)[8 + last];
	__u32 after = ((const __u16 *)node)[24 + (below & 7)];
	/* All ones if the key differs from the last that is not above it. */
	__u32 mask = (__s64)(differs | -differs) >> 63;

	return equal ^ ((equal ^ after) & mask);
}
//% end
//% if interval64
static __always_inline __u32 kefir_interval_lookup64(const __u8 *table, const volatile struct kefir_interval_shape *shape,
						     __u64 value)
{
	const struct kefir_interval_header *header = (const void *)table;

	if ((value ^ header->base[0]) & header->mask[0])
		return header->outside;

	__u64 key = value << (header->shift & 63);
	__u32 top = key >> 32;
	const struct kefir_interval_slot *slot = kefir_interval_root(table, shape, top);

	return kefir_interval_tree(table, shape, kefir_interval_chunk(table, shape, slot, top), key);
}
//% end
//% if interval128
static __always_inline __u32 kefir_interval_lookup128(const __u8 *table, const volatile struct kefir_interval_shape *shape,
						      __u64 high, __u64 low)
{
	const struct kefir_interval_header *header = (const void *)table;

	if (((high ^ header->base[0]) & header->mask[0]) | ((low ^ header->base[1]) & header->mask[1]))
		return header->outside;
	if (header->skip) {
		high = low;
		low = 0;
	}

	__u32 shift = header->shift & 63;
	__u64 key = (high << shift) | (low >> 1 >> (63 - shift));
	__u32 top = key >> 32;
	const struct kefir_interval_slot *slot = kefir_interval_root(table, shape, top);
	__u32 found = kefir_interval_tree(table, shape, kefir_interval_chunk(table, shape, slot, top), key);

	if (!(found & KEFIR_INTERVAL_SUBTREE))
		return found;
	low <<= shift;
	if (!(found & KEFIR_INTERVAL_TAIL))
		return kefir_interval_tree(table, shape, found, low);

	__u64 index = found & KEFIR_INTERVAL_INDEX;

	kefir_interval_keep(index);
	if (index >= shape->tail_count)
		return 0;

	const __u64 *tail = (const __u64 *)(table + shape->tail_offset + index * 16);

	return ((const __u16 *)tail)[low == *tail ? 4 : low < *tail ? 5 : 6];
}
//% end
