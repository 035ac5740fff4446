
/* The tables begin with these for each step: where its table starts, and the bytes of a row. */
struct kefir_step {
	__u32 offset;
	__u32 row_bytes;
};

/* A class, or the number of a block, or at last what is decided. The mask tells the verifier that it is within. */
static __always_inline __u32 kefir_entry(const __u8 *tables, __u32 at)
{
	return *(const __u16 *)(tables + KEFIR_MASK(at));
}
//% if blocks

/* The entry for the lowest 8 bits of a value in a block of 256. */
static __always_inline __u32 kefir_block(const __u8 *tables, __u32 block, __u32 value)
{
	return kefir_entry(tables, (block << 9) + 2 * (value & 0xff));
}
//% end
//% if rows

/* The entry for two classes; what is known last is on the left. */
static __always_inline __u32 kefir_pair(const __u8 *tables, const __u32 step, __u32 left, __u32 right)
{
	const struct kefir_step *steps = (const struct kefir_step *)tables;

	return kefir_entry(tables, steps[step].offset + 2 * right + left * steps[step].row_bytes);
}
//% end
//% if intervals

/* An interval map among the tables, whose references count from their start. */
#define KEFIR_MAP(last, at) ((struct kefir_interval_shape){ .outside = (last), .root = (at), .masked = 1 })
//% end
//% if calls

/* No class, nor what is decided: these are 16 bits. */
#define KEFIR_SWAPPED 0xffffffff

/* The number of the map that the tables are in. */
static __always_inline __u32 kefir_generation(const __u8 *tables)
{
	return *(const __u32 *)(tables + /*= generation_at */);
}
//% end
//% each called_maps

/* It asks for the tables itself, and does not take others than its caller has. */
KEFIR_GLOBAL __u32 kefir_map_/*= name */(/*= parameters */, __u32 generation)
{
	const __u8 *tables = kefir_current_tables();

	if (!tables || kefir_generation(tables) != generation)
		return KEFIR_SWAPPED;
	return /*= value */;
}
//% end

/* Classes of fields, classes of classes, and at last the rule: its counter, and whether it drops. */
//% if classifies_apart
KEFIR_GLOBAL __u32 kefir_classify(struct kefir_headers *h)
//% else
static __always_inline __u32 kefir_classify(struct kefir_headers *h)
//% end
{
	const __u8 *tables = kefir_current_tables();

	/* Nothing was put into the slot yet, and nothing is attached. */
	//% if classifies_apart
	if (!h || !tables)
		return 0;
	//% else
	if (!tables)
		return 0;
	//% end
	//% if calls

	const __u32 generation = kefir_generation(tables);
	__u32 swapped = 0;

	//% end
	//% if sets
	kefir_look_up_sets(h, tables);
	//% end
	//% each steps
	__u32 /*= name */ = /*= value */;
	//% if called
	swapped |= /*= name */ == KEFIR_SWAPPED;
	//% end
	//% end
	//% if calls
	if (swapped)
		return KEFIR_SWAPPED;
	//% end
	return decided;
}

static __always_inline struct kefir_decision kefir_decide(struct kefir_headers *h)
{
	__u32 decided = kefir_classify(h);
	//% if calls

	/* Who swaps tables waits for all programs to end: they are swapped once at most while this one runs. */
	if (decided == KEFIR_SWAPPED)
		decided = kefir_classify(h);
	//% end

	__u32 drops = decided & 1;

	/* Without, clang makes a branch of it, at the end of all loads, which every other packet would mispredict. */
	asm volatile("" : "+r"(drops));
	return (struct kefir_decision){ /*= pass */ + (int)drops * (/*= drop */ - /*= pass */), decided >> 1 };
}
