//% if protocol
//% if protocols

/* 1 or 0, without a branch: traffic mixes protocols. */
static __always_inline __u32 kefir_equal(__u8 protocol, __u8 wanted)
{
	__u64 equal = ((__u64)(protocol ^ wanted) - 1) >> 63;

	KEFIR_COMPUTED(equal);
	return equal;
}
//% end

/* Notes the protocol above IP, and the fragment kind: bit 0 a fragment, bit 1 the first one. */
static __always_inline void kefir_note_protocol(struct kefir_headers *h, __u8 protocol, __u8 fragment)
{
	//% if l4proto_present
	h->present |= KEFIR_L4PROTO;
	//% end
	//% if l4_proto
	h->l4_proto = protocol;
	//% end
	//% if l3_frag
	h->l3_frag = fragment;
	//% end
	//% each protocols
	h->present |= kefir_equal(protocol, /*= number */) * /*= macro */;
	//% end
}
//% end
//% if ports

/* TCP, UDP, DCCP, SCTP and UDP-Lite start with the source and the destination port. Returns 1 or 0. */
static __always_inline __u32 kefir_has_ports(__u8 protocol)
{
	if (protocol < 64)
		return /*= low_port_protocols */ >> protocol & 1;
	return /*= other_port_protocols */;
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

/* Notes the four bytes behind the IP header or the chain. */
static __always_inline void kefir_note_l4(struct kefir_headers *h, const __u8 *l4, __u8 protocol)
{
	//% if l4data
	h->present |= KEFIR_L4DATA;
	//% each l4data_fields
	h->/*= name */ = /*= value */;
	//% end
	//% end
	//% if ports
	__u32 has_ports = kefir_has_ports(protocol);

	KEFIR_COMPUTED(has_ports);
	h->present |= has_ports * KEFIR_PORTS;
	//% each ports_fields
	h->/*= name */ = /*= value */ & -has_ports;
	//% end
	//% end
}

static __always_inline void kefir_dissect_l4(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset, __u8 protocol)
{
	__u64 scratch[1];
	const __u8 *l4 = kefir_bytes(ctx, offset, scratch, 4);

	if (l4)
		kefir_note_l4(h, l4, protocol);
}
//% end
//% if upper

/*
 * What the first bytes behind the IP header or the chain are. Not static: the verifier looks into a global function once, and
 * not once for each way that a packet can come here.
 */
KEFIR_GLOBAL int kefir_dissect_upper(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset, __u32 protocol)
{
	/* An argument that nothing looks at is not given, and the verifier wants all. */
	KEFIR_COMPUTED(protocol);
	if (!h)
		return 0;
	//% if tcp_bytes
	if (protocol == 6) {
		__u64 scratch[2];
		const __u8 *tcp = kefir_bytes(ctx, offset, scratch, 14);

		if (tcp) {
			//% if tcp
			h->present |= KEFIR_TCP;
			//% each tcp_fields
			h->/*= name */ = /*= value */;
			//% end
			//% end
			//% if payload_slices
			__u32 header_bytes = (tcp[12] >> 4) * 4;

			/* Behind a header that is cut there is nothing. */
			if (header_bytes >= 20)
				kefir_note_slices_payload(ctx, h, offset + header_bytes);
			//% end
		}
	}
	//% end
	//% if payload_slices
	if (protocol == 17)
		kefir_note_slices_payload(ctx, h, offset + 8);
	if (protocol == 132)
		kefir_note_slices_payload(ctx, h, offset + 12);
	//% end
	//% if icmp
	if (protocol == 1 || protocol == 58) {
		__u64 scratch[1];
		const __u8 *icmp = kefir_bytes(ctx, offset, scratch, 2);

		if (icmp) {
			h->present |= KEFIR_ICMP;
			//% each icmp_fields
			h->/*= name */ = /*= value */;
			//% end
		}
	}
	//% end
	//% if tunnels
	//% if udp_tunnels
	if (protocol == 17)
		kefir_dissect_udp_tunnel(ctx, h, offset);
	//% end
	//% if sees_gre
	if (protocol == 47)
		kefir_dissect_gre(ctx, h, offset);
	//% end
	//% end
	//% if l4_slices
	kefir_note_slices_l4(ctx, h, offset);
	//% end
	return 0;
}
//% end
