
/*
 * All tables of a generation are one value: the one of the inner map in the only slot here. Putting another map into the
 * slot replaces them at once, and the system call waits until no program uses the old one.
 */
struct kefir_generation {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, /*= table_bytes */);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct kefir_generation);
} kefir_tables SEC(".maps");

/* The tables; NULL before any were put into the slot, and then nothing is attached either. */
static __always_inline const __u8 *kefir_current_tables(void)
{
	__u32 zero = 0;
	void *generation = bpf_map_lookup_elem(&kefir_tables, &zero);

	return generation ? bpf_map_lookup_elem(generation, &zero) : NULL;
}
