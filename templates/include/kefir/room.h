
/* What is too large for the stack, of which a program and all that it calls have 512 bytes. A program is not interrupted by
 * itself on its CPU. */
struct kefir_room {
	struct kefir_headers headers;
	//% if tuple
	__u64 key[/*= key_room */];
	//% end
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kefir_room);
} kefir_rooms SEC(".maps");

static __always_inline struct kefir_headers *kefir_room_for_headers(void)
{
	__u32 zero = 0;
	struct kefir_room *room = bpf_map_lookup_elem(&kefir_rooms, &zero);

	return room ? &room->headers : NULL;
}

/* A piece after the other: clang writes no more than so many zeros at once, and would make one of two. */
static __always_inline void kefir_clear(struct kefir_headers *h)
{
	//% each cleared_from
	if (sizeof(*h) > /*= from */) {
		const __u32 left = sizeof(*h) - /*= from */;

		__builtin_memset((__u8 *)h + /*= from */, 0, left < /*= most_cleared */ ? left : /*= most_cleared */);
		asm volatile("" : : : "memory");
	}
	//% end
}
