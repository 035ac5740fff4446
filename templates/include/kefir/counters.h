
/* What was decided: the verdict, and the counter of the rule that decided. */
struct kefir_decision {
	int verdict;
	__u32 counter;
};
//% if counts

struct kefir_counter {
	__u64 packets;
	__u64 bytes;
};

//% if sized
#ifndef KEFIR_COUNTERS
#define KEFIR_COUNTERS 1 /* set when the program is loaded */
#endif

//% end
/* One counter a rule, in the order of the filter, and one for the default action. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, /*= counters */);
	__type(key, __u32);
	__type(value, struct kefir_counter);
} kefir_counters SEC(".maps");
//% end
