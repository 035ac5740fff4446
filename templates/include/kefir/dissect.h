//% if reads_tags

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

/* Notes the fields of the Ethernet header. */
static __always_inline void kefir_note_eth(struct kefir_headers *h, const __u8 *eth)
{
	//% if eth_present
	h->present |= KEFIR_ETH;
	//% end
	//% each eth_fields
	h->/*= name */ = /*= value */;
	//% end
}
//% if vlan

/*
 * Reads the frames that most are: in one piece, without tags, options, extension headers, later fragments. Returns 0, and
 * has noted nothing, when a frame is none of these: kefir_dissect reads any.
 */
static __always_inline int kefir_dissect_usual(kefir_ctx *ctx, struct kefir_headers *h)
{
	struct kefir_linear linear = kefir_linear(ctx);
	const __u8 *eth = linear.data;

	//% if notes_metadata
	if (ctx->vlan_present)
		return 0;
	//% end
	/* Room for the headers of IPv4, and four bytes: no whole frame is shorter. */
	if (eth + 38 > linear.end)
		return 0;

	//% if reads_type
	__u16 type = kefir_be16(eth + 12);
	//% end

	//% if ipv4
	if (type == 0x0800 && !kefir_note_usual_ipv4(h, eth + 14))
		return 0;
	//% end
	//% if ipv6
	if (type == 0x86dd && (eth + 58 > linear.end || !kefir_note_usual_ipv6(h, eth + 14)))
		return 0;
	//% end
	//% if other_types
	if (type != 0x0800 && type != 0x86dd)
		return 0;
	//% else
	//% if reads_tags
	if (kefir_is_tpid(type))
		return 0;
	//% end
	//% end
	kefir_note_eth(h, eth);
	//% if ipv4
	//% if ipv4_slices
	if (type == 0x0800)
		kefir_note_slices_ipv4(ctx, h, 14);
	//% end
	//% if above_protocol
	//% if upper
	if (type == 0x0800)
		kefir_dissect_upper(ctx, h, 34, eth[23]);
	//% end
	//% end
	//% end
	//% if ipv6
	//% if ipv6_slices
	if (type == 0x86dd)
		kefir_note_slices_ipv6(ctx, h, 14);
	//% end
	//% if chain
	//% if upper
	if (type == 0x86dd)
		kefir_dissect_upper(ctx, h, 54, eth[20]);
	//% end
	//% end
	//% end
	//% if l3_slices
	kefir_note_slices_l3(ctx, h, 14);
	//% end
	//% if frame_len
	h->frame_len = kefir_counted_bytes(ctx);
	//% end
	//% each ethertype_fields
	h->/*= name */ = type;
	//% end
	return 1;
}
//% end

//% if vlan
/* Reads the headers that the filter asks for. What does not fit in the frame stays absent, and so does all above it. */
KEFIR_GLOBAL int kefir_dissect(kefir_ctx *ctx, struct kefir_headers *h)
//% else
/* Reads the headers that the filter asks for. */
static __always_inline int kefir_dissect(kefir_ctx *ctx, struct kefir_headers *h)
//% end
{
	__u64 scratch[2];
	const __u8 *eth = kefir_bytes(ctx, 0, scratch, 14);

	if (!h || !eth)
		return 0;
	kefir_note_eth(h, eth);
	//% if vlan

	//% if reads_type
	__u16 type = kefir_be16(eth + 12);
	//% end
	//% if reads_offset
	__u32 offset = 14;
	//% end
	//% if reads_tags
	__u32 tags = 0;
	const __u8 *tag;

	//% if tc
	if (ctx->vlan_present) {
		/* The kernel took the outer tag out of the packet. */
		//% if svlan
		kefir_note_svlan(h, bpf_ntohs(ctx->vlan_proto), ctx->vlan_tci, type);
		//% end
		tags = 1;
	} else if (kefir_is_tpid(type) && (tag = kefir_bytes(ctx, offset, scratch, 4))) {
	//% else
	if (kefir_is_tpid(type) && (tag = kefir_bytes(ctx, offset, scratch, 4))) {
	//% end
		//% if svlan
		kefir_note_svlan(h, type, kefir_be16(tag), kefir_be16(tag + 2));
		//% end
		type = kefir_be16(tag + 2);
		offset += 4;
		tags = 1;
	}
	if (tags && kefir_is_tpid(type) && (tag = kefir_bytes(ctx, offset, scratch, 4))) {
		//% if cvlan
		kefir_note_cvlan(h, type, kefir_be16(tag), kefir_be16(tag + 2));
		//% end
		type = kefir_be16(tag + 2);
		offset += 4;
		//% if vlan_count
		tags = 2;
		//% end
	}
	//% end
	//% each ethertype_fields
	h->/*= name */ = type;
	//% end
	//% if frame_len
	h->frame_len = kefir_counted_bytes(ctx);
	//% end
	//% if vlan_count
	/* A tag that is not read counts when it is the third; one that is cut does not. */
	h->vlan_count = tags + (tags == 2 && kefir_is_tpid(type));
	//% end
	//% if l3_slices
	//% if reads_tags
	if (!kefir_is_tpid(type))
	//% end
		kefir_note_slices_l3(ctx, h, offset);
	//% end
	//% if ipv4

	if (type == 0x0800)
		kefir_dissect_ipv4(ctx, h, offset);
	//% end
	//% if ipv6
	if (type == 0x86dd)
		kefir_dissect_ipv6(ctx, h, offset);
	//% end
	//% if other_types
	kefir_dissect_link(ctx, h, offset, type);
	//% end
	//% end
	return 0;
}
