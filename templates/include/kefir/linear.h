
/* How a field is compared with the range of a record. */
//% each kinds
#define /*= macro */ /*= number */ /* /*= meaning */ */
//% end

typedef /*= value_type */ kefir_value;

struct kefir_match {
	kefir_value mask;
	kefir_value lo;
	kefir_value hi;
	__u32 needs;	/* what the packet must have */
	__u16 place;	/* index of the field */
	__u16 kind;
};

struct kefir_record {
	__u32 matches;
	__u32 counter;
	__s32 verdict;
	__u32 unused;
	struct kefir_match match[/*= matches */];
};

/* The rules in order; the last record has no match and is the default. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, /*= records */);
	__type(key, __u32);
	__type(value, struct kefir_record);
} kefir_rules SEC(".maps");

struct kefir_scan {
	const struct kefir_headers *headers;
	struct kefir_decision decision;
};

static __always_inline kefir_value kefir_read(const struct kefir_headers *h, __u16 place)
{
	switch (place) {
	//% each read_places
	case /*= index */:
		return h->/*= name */;
	//% end
	default:
		return 0;
	}
}

/* Not static: the verifier looks into a global function once, and not once for each match of each record. */
__attribute__((noinline)) int kefir_holds(const struct kefir_match *match, const struct kefir_headers *h)
{
	if (!match || !h)
		return 0;
	if (!kefir_has(h, match->needs))
		return match->kind == KEFIR_ABSENT_OR_OUTSIDE;

	kefir_value value = kefir_read(h, match->place) & match->mask;
	int inside = match->lo <= value && value <= match->hi;

	return match->kind == KEFIR_INSIDE ? inside : !inside;
}

static long kefir_try_record(__u32 index, void *data)
{
	struct kefir_scan *scan = data;
	const struct kefir_record *record = bpf_map_lookup_elem(&kefir_rules, &index);

	if (!record)
		return 1;
	for (__u32 i = 0; i < /*= matches */ && i < record->matches; i++)
		if (!kefir_holds(&record->match[i], scan->headers))
			return 0;
	scan->decision.verdict = record->verdict;
	scan->decision.counter = record->counter;
	return 1;
}

static __always_inline struct kefir_decision kefir_decide(const struct kefir_headers *h)
{
	struct kefir_scan scan = { .headers = h };

	bpf_loop(/*= records */, kefir_try_record, &scan, 0);
	return scan.decision;
}
