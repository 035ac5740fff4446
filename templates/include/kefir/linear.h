
/* What a step does. */
//% each kinds
#define /*= macro */ /*= number */ /* /*= meaning */ */
//% end

typedef /*= value_type */ kefir_value;

struct kefir_step {
	kefir_value mask;
	kefir_value lo;
	kefir_value hi;
	__u64 needs;	/* what the packet must have; the verdict of a decision */
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
	struct kefir_headers *headers;
	struct kefir_decision decision;
	__u32 next;
};

static __always_inline kefir_value kefir_read(const struct kefir_headers *h, __u16 place)
{
	//% if by_number
	__u64 number = place;

	/* One register that is compared and used: the verifier is to see that the number is small. */
	asm volatile("" : "+r"(number));
	return number > /*= last_place */ ? 0 : h->values[number];
	//% else
	switch (place) {
	//% each read_places
	case /*= index */:
		return h->/*= name */;
	//% end
	default:
		return 0;
	}
	//% end
}

//% if forgets
/* 1 when a number is below another, what was borrowed before included. No branch: the verifier would walk both ways, each step. */
static __always_inline __u64 kefir_borrow(__u64 from, __u64 number, __u64 borrowed)
{
	__u64 rest = from - number - borrowed;

	KEFIR_COMPUTED(rest);
	return ((~from & number) | ((~from | number) & rest)) >> 63;
}

static __always_inline __u64 kefir_below(kefir_value value, kefir_value bound)
{
	__u64 borrowed = kefir_borrow((__u64)value, (__u64)bound, 0);

	//% if wide_values
	borrowed = kefir_borrow((__u64)(value >> 64), (__u64)(bound >> 64), borrowed);
	//% end
	KEFIR_COMPUTED(borrowed);
	return borrowed;
}

/* 1 when a step jumps, else 0. */
static __always_inline __u64 kefir_jumps(const struct kefir_headers *h, const struct kefir_step *step)
{
	_Static_assert(KEFIR_UNLESS_INSIDE == 0 && KEFIR_UNLESS_OUTSIDE == 1 && KEFIR_IF_INSIDE == 2, "kinds are bits");
	__u64 missing = step->needs & ~*(const volatile typeof(h->present) *)&h->present;
	kefir_value value = kefir_read(h, step->place) & step->mask;
	__u64 kind = step->kind;
	__u64 outside = kefir_below(value, step->lo) | kefir_below(step->hi, value);
	__u64 has = ((missing - 1) & ~missing) >> 63;

	KEFIR_COMPUTED(kind);
	KEFIR_COMPUTED(has);
	/* What is asked for: whether it is inside, or for kind 1 whether it is outside. Kinds 0 and 1 jump if not. */
	return (has & (outside ^ ~kind) & 1) ^ (~kind >> 1 & 1);
}
//% end

/* Every jump leads ahead, so that there are no more rounds than steps; the last one decides. */
KEFIR_STEP kefir_take_step(__u32 round, void *data)
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

	//% if forgets
	__u64 jumps = kefir_jumps(scan->headers, step);

	KEFIR_COMPUTED(jumps);
	scan->next = kefir_forget(scan->headers, next + 1 + ((step->jump - next - 1) & -jumps));
	//% else
	int inside = 0;
	int outside = 0;

	if (kefir_has(scan->headers, step->needs)) {
		kefir_value value = kefir_read(scan->headers, step->place) & step->mask;

		inside = step->lo <= value && value <= step->hi;
		outside = !inside;
	}

	int jumps = step->kind == KEFIR_IF_INSIDE ? inside : step->kind == KEFIR_UNLESS_OUTSIDE ? !outside : !inside;

	scan->next = jumps ? step->jump : next + 1;
	//% end
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

	KEFIR_LOOP(/*= most_steps */, kefir_take_step, &scan);
	return scan.decision;
}
