
typedef struct __sk_buff kefir_ctx;
//% if measures

/* Bytes of the frame that are in the packet: a VLAN tag in metadata is not. */
static __always_inline __u32 kefir_frame_bytes(kefir_ctx *ctx)
{
	return ctx->len;
}
//% end
//% if counted_bytes

/* Bytes that a counter counts: those of a tag in metadata too. */
static __always_inline __u32 kefir_counted_bytes(kefir_ctx *ctx)
{
	return kefir_frame_bytes(ctx) + (ctx->vlan_present ? 4 : 0);
}
//% end
//% if dissects

/* Copies bytes that may not be linear. Returns 0, or less when the frame has them not. */
static __always_inline int kefir_copy(kefir_ctx *ctx, __u32 offset, void *to, const __u32 bytes)
{
	return bpf_skb_load_bytes(ctx, offset, to, bytes);
}
//% end
