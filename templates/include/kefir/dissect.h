//% if vlan

/* IEEE 802.1Q, 802.1ad, and the older 0x9100 of QinQ. */
static __always_inline int kefir_is_tpid(__u16 type)
{
	return /*= tpids */;
}
//% end
//% if svlan

static __always_inline void kefir_note_svlan(struct kefir_headers *h, __u16 tpid, __u16 tci, __u16 etype)
{
	h->present |= KEFIR_SVLAN;
	//% each svlan_fields
	h->/*= name */ = /*= value */;
	//% end
}
//% end
//% if cvlan

static __always_inline void kefir_note_cvlan(struct kefir_headers *h, __u16 tpid, __u16 tci, __u16 etype)
{
	h->present |= KEFIR_CVLAN;
	//% each cvlan_fields
	h->/*= name */ = /*= value */;
	//% end
}
//% end

/* Reads the headers that the filter asks for. What does not fit in the frame stays absent, and so does all above it. */
static __always_inline void kefir_dissect(kefir_ctx *ctx, struct kefir_headers *h)
{
	__u64 scratch[2];
	const __u8 *eth = kefir_bytes(ctx, 0, scratch, 14);

	if (!eth)
		return;
	//% if eth_present
	h->present |= KEFIR_ETH;
	//% end
	//% each eth_fields
	h->/*= name */ = /*= value */;
	//% end
	//% if vlan

	__u16 type = kefir_be16(eth + 12);
	__u32 offset = 14;
	int tagged = 0;
	const __u8 *tag;

	//% if tc
	if (ctx->vlan_present) {
		/* The kernel took the outer tag out of the packet. */
		//% if svlan
		kefir_note_svlan(h, bpf_ntohs(ctx->vlan_proto), ctx->vlan_tci, type);
		//% end
		tagged = 1;
	} else if (kefir_is_tpid(type) && (tag = kefir_bytes(ctx, offset, scratch, 4))) {
	//% else
	if (kefir_is_tpid(type) && (tag = kefir_bytes(ctx, offset, scratch, 4))) {
	//% end
		//% if svlan
		kefir_note_svlan(h, type, kefir_be16(tag), kefir_be16(tag + 2));
		//% end
		type = kefir_be16(tag + 2);
		offset += 4;
		tagged = 1;
	}
	if (tagged && kefir_is_tpid(type) && (tag = kefir_bytes(ctx, offset, scratch, 4))) {
		//% if cvlan
		kefir_note_cvlan(h, type, kefir_be16(tag), kefir_be16(tag + 2));
		//% end
		type = kefir_be16(tag + 2);
		offset += 4;
	}
	//% each ethertype_fields
	h->/*= name */ = type;
	//% end
	//% if ipv4

	if (type == 0x0800)
		kefir_dissect_ipv4(ctx, h, offset);
	//% end
	//% if ipv6
	if (type == 0x86dd)
		kefir_dissect_ipv6(ctx, h, offset);
	//% end
	//% end
}
