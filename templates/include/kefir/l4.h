//% if protocol

/* Notes the protocol above IP. */
static __always_inline void kefir_note_protocol(struct kefir_headers *h, __u8 protocol)
{
	//% if l4proto_present
	h->present |= KEFIR_L4PROTO;
	//% end
	//% if l4_proto
	h->l4_proto = protocol;
	//% end
	//% each protocols
	if (protocol == /*= number */)
		h->present |= /*= macro */;
	//% end
}
//% end
//% if ports

/* TCP, UDP, DCCP, SCTP and UDP-Lite start with the source and the destination port. */
static __always_inline int kefir_has_ports(__u8 protocol)
{
	return /*= port_protocols */;
}
//% end
//% if ah

/* The first authentication header counts. */
static __always_inline void kefir_dissect_ah(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[1];
	const __u8 *ah = kefir_bytes(ctx, offset, scratch, 8);

	if (!ah || kefir_has(h, KEFIR_AH))
		return;
	h->present |= KEFIR_AH;
	//% each ah_fields
	h->/*= name */ = /*= value */;
	//% end
}
//% end
//% if l4_bytes

static __always_inline void kefir_dissect_l4(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset, __u8 protocol)
{
	__u64 scratch[1];
	const __u8 *l4 = kefir_bytes(ctx, offset, scratch, 4);

	if (!l4)
		return;
	//% if l4data
	h->present |= KEFIR_L4DATA;
	//% each l4data_fields
	h->/*= name */ = /*= value */;
	//% end
	//% end
	//% if ports
	if (kefir_has_ports(protocol)) {
		h->present |= KEFIR_PORTS;
		//% each ports_fields
		h->/*= name */ = /*= value */;
		//% end
	}
	//% end
}
//% end
