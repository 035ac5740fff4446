
/*
 * How large the tables are is set when the program is loaded, so that other tables take no other program: the size in the map,
 * and in each instruction that has this number, what an offset is masked with to be within. The verifier takes its word. A
 * program that is complete as it is defines both.
 */
#ifndef KEFIR_TABLE_BYTES
#define KEFIR_TABLE_BYTES 8
#endif
//% if masked
#ifdef KEFIR_TABLE_MASK
#define KEFIR_MASK(offset) ((offset) & KEFIR_TABLE_MASK)
#else
#define KEFIR_MASK(offset) ({ \
	__u64 kefir_masked = (offset); \
	asm("%0 &= /*= mask_mark */" : "+r"(kefir_masked)); \
	kefir_masked; \
})
#endif
//% end

/*
 * All tables of a generation are one value: the one of the inner map in the only slot here. Putting another map into the
 * slot replaces them at once, and the system call waits until no program uses the old one.
 */
struct kefir_generation {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, KEFIR_TABLE_BYTES);
	//% if mapped
	/* User space can write single records. Packets take no longer for it. */
	__uint(map_flags, BPF_F_MMAPABLE);
	//% end
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
