
/* What a step does. */
//% each kinds
#define /*= macro */ /*= number */ /* /*= meaning */ */
//% end

typedef /*= value_type */ kefir_value;

struct kefir_step {
	kefir_value mask;
	kefir_value lo;
	kefir_value hi;
	__u32 needs;	/* what the packet must have; the verdict of a decision */
	__u32 jump;	/* the step to go on with; the counter of a decision */
	__u16 place;	/* index of the field */
	__u16 kind;
};

#ifndef KEFIR_STEPS
#define KEFIR_STEPS 1 /* set when the program is loaded */
#endif

/* The rules in order, a step for each range; the last step decides the default. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KEFIR_STEPS);
	__type(key, __u32);
	__type(value, struct kefir_step);
} kefir_rules SEC(".maps");

struct kefir_scan {
	const struct kefir_headers *headers;
	struct kefir_decision decision;
	__u32 next;
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

/* Every jump leads ahead, so that there are no more rounds than steps; the last one decides. */
static long kefir_take_step(__u32 round, void *data)
{
	struct kefir_scan *scan = data;
	__u32 next = scan->next;
	const struct kefir_step *step = bpf_map_lookup_elem(&kefir_rules, &next);

	if (!step)
		return 1;
	if (step->kind == KEFIR_DECIDE) {
		scan->decision.verdict = (__s32)step->needs;
		scan->decision.counter = step->jump;
		return 1;
	}

	int inside = 0;
	int outside = 0;

	if (kefir_has(scan->headers, step->needs)) {
		kefir_value value = kefir_read(scan->headers, step->place) & step->mask;

		inside = step->lo <= value && value <= step->hi;
		outside = !inside;
	}

	int jumps = step->kind == KEFIR_IF_INSIDE ? inside : step->kind == KEFIR_UNLESS_OUTSIDE ? !outside : !inside;

	scan->next = jumps ? step->jump : next + 1;
	return 0;
}

static __always_inline struct kefir_decision kefir_decide(struct kefir_headers *h)
{
	//% if sets
	const __u8 *tables = kefir_current_tables();

	if (tables)
		kefir_look_up_sets(h, tables);
	//% end
	struct kefir_scan scan = { .headers = h };

	bpf_loop(/*= most_steps */, kefir_take_step, &scan, 0);
	return scan.decision;
}
