
static __always_inline void kefir_dissect_ipv4(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[3];
	const __u8 *ipv4 = kefir_bytes(ctx, offset, scratch, 20);

	if (!ipv4)
		return;

	__u32 header_bytes = (ipv4[0] & 0x0f) * 4;

	if (ipv4[0] >> 4 != 4 || header_bytes < 20)
		return;
	if (header_bytes > 20 && offset + header_bytes > kefir_frame_bytes(ctx))
		return;
	//% if ipv4_present
	h->present |= KEFIR_IPV4;
	//% end
	//% each ipv4_fields
	h->/*= name */ = /*= value */;
	//% end
	//% if protocol
	kefir_note_protocol(h, ipv4[9]);
	//% end
	//% if above_protocol

	/* A later fragment has nothing of layer 4. */
	if (kefir_be16(ipv4 + 6) & 0x1fff)
		return;
	//% if ah
	if (ipv4[9] == 51)
		kefir_dissect_ah(ctx, h, offset + header_bytes);
	//% end
	//% if l4_bytes
	kefir_dissect_l4(ctx, h, offset + header_bytes, ipv4[9]);
	//% end
	//% end
}
