//% if arp

/* ARP and RARP for IPv4 over Ethernet, of any operation: RFC 826. */
static __always_inline void kefir_dissect_arp(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[4];
	const __u8 *arp = kefir_bytes(ctx, offset, scratch, 28);

	/* Hardware type 1, protocol type 0x0800, addresses of 6 and 4 bytes. */
	if (!arp || kefir_be32(arp) != 0x00010800 || kefir_be16(arp + 4) != 0x0604)
		return;
	h->present |= KEFIR_ARP;
	//% each arp_fields
	h->/*= name */ = /*= value */;
	//% end
}
//% end
//% if mpls_entries

/* The label stack as deep as the filter looks: each entry is there when those before it are not its bottom. */
static __always_inline void kefir_dissect_mpls(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[1];
	const __u8 *entry;

	//% each mpls_entries
	entry = kefir_bytes(ctx, offset + /*= from */, scratch, 4);
	if (!entry)
		return;
	//% each marks
	h->present |= /*= macro */;
	//% end
	//% each fields
	h->/*= name */ = /*= value */;
	//% end
	//% if goes_on
	if (entry[2] & 1)
		return;
	//% end
	//% end
}
//% end
//% if pppoe

/* Version 1, type 1, code 0: a session, RFC 2516 section 4. */
static __always_inline void kefir_dissect_pppoe(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[1];
	const __u8 *pppoe = kefir_bytes(ctx, offset, scratch, 8);

	if (!pppoe || kefir_be16(pppoe) != 0x1100)
		return;
	h->present |= KEFIR_PPPOE;
	//% each pppoe_fields
	h->/*= name */ = /*= value */;
	//% end
	//% if ppp_protocol
	/* A protocol of one byte is odd there, RFC 1661 section 6.5. */
	if (h->ppp_protocol & 0x0100)
		h->ppp_protocol >>= 8;
	//% end
}
//% end
//% if cfm

/* IEEE 802.1Q clause 21.4. */
static __always_inline void kefir_dissect_cfm(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[1];
	const __u8 *cfm = kefir_bytes(ctx, offset, scratch, 2);

	if (!cfm)
		return;
	h->present |= KEFIR_CFM;
	//% each cfm_fields
	h->/*= name */ = /*= value */;
	//% end
}
//% end

/* What other Ethernet types than IP's announce. */
static __always_inline void kefir_dissect_link(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset, __u16 type)
{
	//% if arp
	if (type == 0x0806 || type == 0x8035)
		kefir_dissect_arp(ctx, h, offset);
	//% end
	//% if mpls_entries
	if (type == 0x8847 || type == 0x8848)
		kefir_dissect_mpls(ctx, h, offset);
	//% end
	//% if pppoe
	if (type == 0x8864)
		kefir_dissect_pppoe(ctx, h, offset);
	//% end
	//% if cfm
	if (type == 0x8902)
		kefir_dissect_cfm(ctx, h, offset);
	//% end
}
