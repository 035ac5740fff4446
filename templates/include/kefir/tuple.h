
/* What is where in the tables; lib/classify/tuple/format.ts has the same numbers, and says how they work together. */
struct kefir_tuple_header {
	__u32 otherwise;	/* what is decided when no record holds */
	__u32 first_table;	/* offset in bytes */
	__u32 tables;
	__u32 unused[13];
	__u8 bits[64];	/* the number of a bit, by what a de Bruijn sequence makes of it */
};

struct kefir_tuple_table {
	__u64 mask[/*= words */];
	__u32 slots;	/* offset of the first slot, in bytes */
	__u32 last_slot;
	__u32 priority;	/* the smallest in it and in all tables behind it */
	__u32 unused;
};

/* Offsets are in units of eight bytes. One word, that is read and written at once: rules are edited while packets are looked up. */
struct kefir_tuple_slot {
	__u64 keys_and_group;	/* a bit for each key's hash, above the offset of the group */
};

/* Records follow, the smallest priority first; vectors are before it, so that nobody waits for what it says of them. */
struct kefir_tuple_group {
	__u32 records;	/* their number, and one bit more when there are vectors */
	__u32 next;	/* in units of eight bytes */
};

struct kefir_tuple_vectors {
	__u16 windows[8];	/* word of the key, times 64, and lowest bit */
	__u64 sets[/*= windows */][/*= values */];
};

struct kefir_tuple_record {
	__u32 priority;
	__u32 decision;	/* counter, drop */
	__u64 value[/*= words */];
	__u64 mask[/*= words */];
	//% each lanes
	/*= type */ /*= name */_lo/*= count */;
	/*= type */ /*= name */_span/*= count */;
	//% end
	//% if padded
	__u8 unused[/*= padding */];
	//% end
};

/* What is left to look at, and what was decided so far. */
struct kefir_lookup {
	const __u8 *tables;
	const struct kefir_headers *headers;
	const __u64 *key;
	__u64 left;	/* records of the group, as a set */
	__u64 group;	/* its offset */
	__u64 next;	/* offset of the next group, or 0 */
	__u64 table;	/* offset of the next table */
	__u32 priority;
	__u32 decision;
};

/* Offsets are multiples of eight. The capacity is a power of two, and behind it is room for what begins at its end. */
#define KEFIR_AT(tables, offset) ((const void *)((tables) + KEFIR_MASK(offset)))

/* Reads again what was compared: of the first reading the verifier knows an upper bound, one lower for each record. */
#define KEFIR_AGAIN(field) (*(const volatile typeof(field) *)&(field))

/* The group where a key may be, or 0. Behind the header nothing is at 0. */
static __always_inline __u64 kefir_group(const __u8 *tables, const struct kefir_tuple_table *table, const __u64 *key)
{
	__u64 sum = 0;

	//% each key_words
	sum += (key[/*= word */] & table->mask[/*= word */]) * (__u64)(__s64)/*= factor */;
	//% end
	sum ^= sum >> 32;
	sum *= (__u64)(__s64)/*= last_factor */;

	const struct kefir_tuple_slot *at =
		KEFIR_AT(tables, table->slots + ((sum >> 32) & table->last_slot) * sizeof(struct kefir_tuple_slot));
	__u64 slot = KEFIR_AGAIN(at->keys_and_group);

	return slot >> (32 + (sum >> 59)) & 1 ? KEFIR_MASK((slot & 0xffffffff) * 8) : 0;
}

/* The records of a group that all windows leave. */
static __always_inline __u64 kefir_left(const __u8 *tables, __u64 offset, const struct kefir_tuple_group *group, const __u64 *key)
{
	if (!(group->records & /*= has_vectors */))
		return ~0ull >> ((64 - group->records) & 63);

	const struct kefir_tuple_vectors *vectors = KEFIR_AT(tables, offset - sizeof(*vectors));
	__u64 left = ~0ull;

	//% each group_windows
	left &= vectors->sets[/*= index */][(key[/*= key_word */] >> (vectors->windows[/*= index */] & 63)) & /*= last_value */];
	//% end
	return left;
}

static __always_inline const struct kefir_tuple_record *kefir_record(const __u8 *tables, __u64 group, __u64 bit)
{
	__u64 index = ((const struct kefir_tuple_header *)tables)->bits[(bit * /*= de_bruijn */) >> 58];

	return KEFIR_AT(tables, group + sizeof(struct kefir_tuple_group) + index * sizeof(struct kefir_tuple_record));
}

//% if narrow_lanes
/* Not zero when a value is above a span, both below 2^63. No branch: the verifier would walk both ways, for each range. */
static __always_inline __u64 kefir_is_above(__u64 value, __u64 span)
{
	__u64 rest = span - value;

	KEFIR_COMPUTED(rest);
	return rest >> 63;
}

//% end
//% if wide_lanes
/*
 * As that for 64 to 128 bits, of which a subtraction borrows between the halves; the value is above a lower bound by so much.
 * The bits of the upper half are those of `top`.
 */
static __always_inline __u64 kefir_is_beyond(kefir_u128 value, const __u64 *lo, const __u64 *span, __u64 top)
{
	__u64 low = (__u64)value, high = (__u64)(value >> 64);
	__u64 from_low = low - lo[0];
	__u64 borrow = ((~low & lo[0]) | ((~low | lo[0]) & from_low)) >> 63;
	__u64 from_high = (high - lo[1] - borrow) & top;
	__u64 rest = span[0] - from_low;

	borrow = ((~span[0] & from_low) | ((~span[0] | from_low) & rest)) >> 63;
	rest = span[1] - from_high - borrow;
	return ((~span[1] & from_high) | ((~span[1] | from_high) & rest)) >> 63;
}

//% end
static __always_inline int kefir_record_holds(const struct kefir_tuple_record *record, const __u64 *key,
					      const struct kefir_headers *h)
{
	__u64 differs = 0;

	//% each key_words
	differs |= (key[/*= word */] ^ record->value[/*= word */]) & record->mask[/*= word */];
	//% end
	//% each lanes
	differs |= /*= outside */;
	KEFIR_COMPUTED(differs);
	//% end
	return !differs;
}

/* Looks at the next record; before the first of a group, for the group. Returns 1 when no other record can decide. */
KEFIR_STEP kefir_step(__u32 step, void *data)
{
	struct kefir_lookup *lookup = data;
	const __u8 *tables = lookup->tables;

	if (!lookup->left) {
		if (lookup->next) {
			lookup->group = lookup->next;
		} else {
			/* Those that can decide first come first. Behind the last one is one that never can. */
			const struct kefir_tuple_table *table = KEFIR_AT(tables, lookup->table);

			if (table->priority >= lookup->priority)
				return 1;
			/* Masked here too: the verifier would take each larger lower bound for something new, and go on. */
			lookup->table = KEFIR_MASK(lookup->table + sizeof(*table));

			lookup->group = kefir_group(tables, table, lookup->key);
			if (!lookup->group)
				return 0;
		}

		const struct kefir_tuple_group *group = KEFIR_AT(tables, lookup->group);

		lookup->left = kefir_left(tables, lookup->group, group, lookup->key);
		lookup->next = KEFIR_MASK((__u64)group->next * 8);
		if (!lookup->left)
			return 0;
	}

	__u64 bit = lookup->left & -lookup->left;
	const struct kefir_tuple_record *record = kefir_record(tables, lookup->group, bit);

	lookup->left ^= bit;
	if (record->priority >= lookup->priority) {
		lookup->left = 0;
		lookup->next = 0;
	} else if (kefir_record_holds(record, lookup->key, lookup->headers)) {
		lookup->priority = KEFIR_AGAIN(record->priority);
		lookup->decision = record->decision;
		lookup->left = 0;
		lookup->next = 0;
	}
	return 0;
}

/* What is decided, as a record has it. */
//% if roomy
KEFIR_GLOBAL __u32 kefir_find(struct kefir_room *room)
{
	const __u8 *tables = kefir_current_tables();

	if (!room || !tables)
		return 0;

	struct kefir_headers *h = &room->headers;
	__u64 *key = room->key;
//% else
KEFIR_GLOBAL __u32 kefir_find(struct kefir_headers *h)
{
	const __u8 *tables = kefir_current_tables();

	if (!h || !tables)
		return 0;

	__u64 key[/*= key_room */];
//% end
	//% if sets

	kefir_look_up_sets(h, tables);
	//% end

	const struct kefir_tuple_header *header = (const void *)tables;
	const __u64 first_table = header->first_table;
	__u32 decision = header->otherwise;
	__u32 priority = 0xffffffff;
	//% if front
	__u32 general = 0;
	//% else
	const __u32 general = 1;
	//% end

	//% each all_words
	__u64 word_/*= word */ = /*= value */;

	/* The compiler leaves out masks of an index that it knows to be small; the verifier does not know. */
	KEFIR_COMPUTED(word_/*= word */);
	key[/*= word */] = word_/*= word */;
	//% end
	//% if front
	const __u8 *first = tables + KEFIR_MASK(first_table);
	__u32 count = header->tables;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < /*= inline_tables */; i++) {
		const struct kefir_tuple_table *table = (const struct kefir_tuple_table *)first + i;

		if (i >= count || table->priority >= priority)
			break;

		__u64 at = kefir_group(tables, table, key);

		if (!at)
			continue;

		const struct kefir_tuple_group *group = KEFIR_AT(tables, at);
		__u64 some = kefir_left(tables, at, group, key);
		__u32 j;

		general |= group->next;
#pragma clang loop unroll(disable)
		for (j = 0; j < /*= inline_records */; j++) {
			if (!some)
				break;
			__u64 bit = some & -some;
			const struct kefir_tuple_record *record = kefir_record(tables, at, bit);

			some ^= bit;
			if (record->priority >= priority)
				break;
			if (kefir_record_holds(record, key, h)) {
				priority = KEFIR_AGAIN(record->priority);
				decision = KEFIR_AGAIN(record->decision);
				break;
			}
		}
		if (j == /*= inline_records */)
			general = 1;
	}
	/* What is beyond that is rare: tables that are many, slots that are long. */
	if (general || header->tables > /*= inline_tables */) {
	//% else
	{
	//% end
		struct kefir_lookup lookup = {
			.tables = tables,
			.headers = h,
			.key = key,
			.table = KEFIR_MASK(general ? first_table : first_table + /*= inline_bytes */),
			.priority = priority,
			.decision = decision,
		};

		KEFIR_LOOP(/*= later_steps */, kefir_step, &lookup);
		decision = lookup.decision;
	}
	return decision;
}

static __always_inline struct kefir_decision kefir_decide(struct kefir_headers *h)
{
	//% if roomy
	__u32 decision = kefir_find((struct kefir_room *)h);
	//% else
	__u32 decision = kefir_find(h);
	//% end

	return (struct kefir_decision){ decision & 1 ? /*= drop */ : /*= pass */, decision >> 1 };
}
