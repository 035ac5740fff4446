//% if counts

static __always_inline int kefir_count(kefir_ctx *ctx, struct kefir_decision decision)
{
	struct kefir_counter *counter = bpf_map_lookup_elem(&kefir_counters, &decision.counter);

	if (counter) {
		counter->packets++;
		counter->bytes += kefir_counted_bytes(ctx);
	}
	return decision.verdict;
}
//% end
//% if dissects

/* Where the linear part of the frame is. */
struct kefir_linear {
	const __u8 *data;
	const __u8 *end;
};

static __always_inline struct kefir_linear kefir_linear(kefir_ctx *ctx)
{
	//% if in_line
	/* Without: clang may keep the address of a member, and the verifier takes no pointer to the context but the first. */
	asm volatile("" : "+r"(ctx));
	//% end
	struct kefir_linear linear = { (const __u8 *)(long)ctx->data, (const __u8 *)(long)ctx->data_end };

	/* Without: clang knows that these are 32 bits and may copy them as such; to the verifier that is no pointer then. */
	asm volatile("" : "+r"(linear.data), "+r"(linear.end));
	return linear;
}

/* The frame's bytes from an offset: where they are, or copied to scratch when that is elsewhere, or NULL. */
static __always_inline const __u8 *kefir_bytes(kefir_ctx *ctx, __u32 offset, void *scratch, const __u32 bytes)
{
	struct kefir_linear linear = kefir_linear(ctx);
	__u64 start = offset;

	/* Without: clang may compare a copy of 32 bits and add another, of which the verifier then knows no bound. */
	asm volatile("" : "+r"(start));
	/* The verifier loses track of packet pointers beyond 65 535 bytes. */
	if (start <= 0xffff - bytes && linear.data + start + bytes <= linear.end)
		return linear.data + start;
	return kefir_copy(ctx, offset, scratch, bytes) ? NULL : scratch;
}
//% end
