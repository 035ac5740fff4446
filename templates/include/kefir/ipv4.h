
/* Notes the fields of a header. */
static __always_inline void kefir_note_ipv4(struct kefir_headers *h, const __u8 *ipv4)
{
	//% if ipv4_present
	h->present |= KEFIR_IPV4;
	//% end
	//% each ipv4_fields
	h->/*= name */ = /*= value */;
	//% end
	//% if protocol
	//% if l3_frag
	__u16 fragment = kefir_be16(ipv4 + 6);

	kefir_note_protocol(h, ipv4[9], fragment & 0x1fff ? 1 : fragment & 0x2000 ? 3 : 0);
	//% else
	kefir_note_protocol(h, ipv4[9], 0);
	//% end
	//% end
}

/* A header without options, not of a later fragment: noted, with what is behind it. Returns 0 for any other. */
static __always_inline int kefir_note_usual_ipv4(struct kefir_headers *h, const __u8 *ipv4)
{
	/* Version, length and the fragment's offset, in one word. */
	if ((kefir_be64(ipv4) & 0xff00000000001fff) != 0x4500000000000000)
		return 0;
	//% if above_protocol
	//% if ah
	if (ipv4[9] == 51)
		return 0;
	//% end
	//% end
	kefir_note_ipv4(h, ipv4);
	//% if above_protocol
	//% if l4_bytes
	kefir_note_l4(h, ipv4 + 20, ipv4[9]);
	//% end
	//% end
	return 1;
}

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
	kefir_note_ipv4(h, ipv4);
	//% if ipv4_slices
	kefir_note_slices_ipv4(ctx, h, offset);
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
	//% if upper
	kefir_dissect_upper(ctx, h, offset + header_bytes, ipv4[9]);
	//% end
	//% end
}
