
typedef struct xdp_md kefir_ctx;
//% if measures

/* Bytes of the frame, those outside the first buffer included. */
static __always_inline __u32 kefir_frame_bytes(kefir_ctx *ctx)
{
	//% if frags
	return bpf_xdp_get_buff_len(ctx);
	//% else
	//% if in_line
	/* As in kefir_linear(). */
	asm volatile("" : "+r"(ctx));
	//% end
	const __u8 *data = (const __u8 *)(long)ctx->data;
	const __u8 *end = (const __u8 *)(long)ctx->data_end;

	/* Without: clang may keep 32 bits of a pointer on the stack, which the verifier refuses. */
	asm volatile("" : "+r"(data), "+r"(end));
	return end - data;
	//% end
}
//% end
//% if counted_bytes

/* Bytes that a counter counts: the whole frame. */
static __always_inline __u32 kefir_counted_bytes(kefir_ctx *ctx)
{
	return kefir_frame_bytes(ctx);
}
//% end
//% if dissects

/* Copies bytes that may be in another buffer. Returns 0, or less when the frame has them not. */
static __always_inline int kefir_copy(kefir_ctx *ctx, __u32 offset, void *to, const __u32 bytes)
{
	//% if frags
	return bpf_xdp_load_bytes(ctx, offset, to, bytes);
	//% else
	return -1;
	//% end
}
//% end
