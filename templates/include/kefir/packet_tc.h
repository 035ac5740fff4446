
typedef struct __sk_buff kefir_ctx;

/* Bytes of the frame that are in the packet: a VLAN tag in metadata is not. */
static __always_inline __u32 kefir_frame_bytes(kefir_ctx *ctx)
{
	return ctx->len;
}

static __always_inline int kefir_count(kefir_ctx *ctx, struct kefir_decision decision)
{
	struct kefir_counter *counter = bpf_map_lookup_elem(&kefir_counters, &decision.counter);

	if (counter) {
		counter->packets++;
		counter->bytes += kefir_frame_bytes(ctx) + (ctx->vlan_present ? 4 : 0);
	}
	return decision.verdict;
}
//% if dissects

/* The frame's bytes from an offset: where they are, or copied to scratch when they are not linear, or NULL. */
static __always_inline const __u8 *kefir_bytes(kefir_ctx *ctx, __u32 offset, void *scratch, const __u32 bytes)
{
	const __u8 *data = (const __u8 *)(long)ctx->data;
	const __u8 *end = (const __u8 *)(long)ctx->data_end;

	/* The verifier loses track of packet pointers beyond 65 535 bytes. */
	if (offset <= 0xffff - bytes && data + offset + bytes <= end)
		return data + offset;
	if (!bpf_skb_load_bytes(ctx, offset, scratch, bytes))
		return scratch;
	return NULL;
}
//% end
