
/* What is where in the tables; lib/classify/tuple/format.ts has the same numbers. */
struct kefir_tuple_header {
	__u64 tables;	/* those that there are, as a set */
	__u32 otherwise;	/* what is decided when no record holds */
	__u32 unused;
	__u32 shifts[/*= shifts */];
};

/* Records by the hash of the key under the mask. */
struct kefir_tuple_table {
	__u64 mask[/*= words */];
	__u32 slots;	/* offset of the first slot */
	__u32 last_slot;
	__u32 priority;	/* the smallest in it */
	__u32 unused;
};

struct kefir_tuple_slot {
	__u32 records;	/* offset of the first record, in units of eight bytes */
	__u32 keys;	/* a bit for each key's hash */
};

/* The rows of a slot are records one after the other, the smallest priority first. */
struct kefir_tuple_record {
	__u32 priority;
	__u32 decision;	/* counter, last record of the slot, drop */
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

#define KEFIR_LAST_RECORD 2
#define KEFIR_DROP_RECORD 1

/* What is left to look at, and what was decided so far. */
struct kefir_lookup {
	const __u8 *tables;
	const struct kefir_headers *headers;
	__u64 key[/*= words */];
	__u64 candidates;	/* tables, as a set */
	__u64 at;	/* offset of the next record, or 0 */
	__u32 priority;
	__u32 decision;
};

/* Offsets are multiples of eight. The capacity is a power of two, and behind it is room for what begins at its end. */
#define KEFIR_WITHIN(offset) ((offset) & (/*= capacity */ - 8))
#define KEFIR_AT(tables, offset) ((const void *)((tables) + KEFIR_WITHIN(offset)))

static __always_inline int kefir_record_holds(const struct kefir_tuple_record *record, const __u64 *key,
					      const struct kefir_headers *h)
{
	__u64 differs = 0;

	//% each key_words
	differs |= (key[/*= word */] ^ record->value[/*= word */]) & record->mask[/*= word */];
	//% end
	//% each lanes
	differs |= /*= outside */;
	//% end
	return !differs;
}

/* Looks at the next record; before the first of a table, for its slot. Returns 1 when no other record can decide. */
static __always_inline int kefir_step(struct kefir_lookup *lookup)
{
	const __u8 *tables = lookup->tables;

	if (!lookup->at) {
		if (!lookup->candidates)
			return 1;

		/* Tables are where a de Bruijn sequence puts their bit, those that can decide first before the others. */
		__u64 bit = lookup->candidates & -lookup->candidates;
		const struct kefir_tuple_table *table =
			(const struct kefir_tuple_table *)(tables + /*= header_bytes */) + ((bit * /*= de_bruijn */) >> 58);

		if (table->priority >= lookup->priority)
			return 1;
		lookup->candidates ^= bit;

		__u64 hash = 0;

		//% each key_words
		hash += (lookup->key[/*= word */] & table->mask[/*= word */]) * (__u64)(__s64)/*= factor */;
		//% end
		hash ^= hash >> 32;
		hash *= (__u64)(__s64)/*= last_factor */;

		const struct kefir_tuple_slot *slot =
			KEFIR_AT(tables, table->slots + ((hash >> 32) & table->last_slot) * sizeof(*slot));

		if (!(slot->keys >> (hash >> 59) & 1))
			return 0;
		lookup->at = (__u64)slot->records * 8;
	}

	const struct kefir_tuple_record *record = KEFIR_AT(tables, lookup->at);

	if (record->priority >= lookup->priority) {
		lookup->at = 0;
	} else if (kefir_record_holds(record, lookup->key, lookup->headers)) {
		lookup->priority = record->priority;
		lookup->decision = record->decision;
		lookup->at = 0;
	} else {
		/* Masked here too: the verifier would take each larger lower bound for something new, and not come to an end. */
		lookup->at = record->decision & KEFIR_LAST_RECORD ? 0 : KEFIR_WITHIN(lookup->at + sizeof(*record));
	}
	return 0;
}

static long kefir_later_step(__u32 index, void *data)
{
	return kefir_step(data);
}

static __always_inline struct kefir_decision kefir_decide(const struct kefir_headers *h)
{
	const __u8 *tables = kefir_current_tables();

	if (!tables)
		return (struct kefir_decision){ /*= default_verdict */, 0 };

	const struct kefir_tuple_header *header = (const void *)tables;
	struct kefir_lookup lookup = {
		.tables = tables,
		.headers = h,
		.candidates = header->tables,
		.priority = 0xffffffff,
		.decision = header->otherwise,
	};
	int steps = 0;

	//% each key_words
	lookup.key[/*= word */] = /*= value */;
	//% end
	//% each prefilters
	lookup.candidates &= *(const __u64 *)(tables + /*= offset */ +
		((/*= value */ >> (header->shifts[/*= index */] & 63)) & 0xffff) * 8);
	//% end

	/* In line as many steps as nearly every packet takes: the verifier walks through each. */
#pragma clang loop unroll(disable)
	while (steps < /*= inline_steps */ && !kefir_step(&lookup))
		steps++;
	if (steps == /*= inline_steps */) {
		struct kefir_lookup rest = lookup;

		bpf_loop(/*= later_steps */, kefir_later_step, &rest, 0);
		lookup.decision = rest.decision;
	}
	return (struct kefir_decision){
		lookup.decision & KEFIR_DROP_RECORD ? /*= drop */ : /*= pass */, lookup.decision >> 2
	};
}
