//% if tunnel

/* The kind of tunnel: 1 VXLAN, 2 Geneve, 3 GRE, 4 ERSPAN, 5 GTP-U. */
static __always_inline void kefir_note_tunnel(struct kefir_headers *h, __u8 type)
{
	h->present |= KEFIR_TUNNEL;
	h->tunnel_type = type;
}
//% end
//% if tunnelid

static __always_inline void kefir_note_tunnel_id(struct kefir_headers *h, __u32 id)
{
	h->present |= KEFIR_TUNNELID;
	h->tunnel_id = id;
}
//% end
//% if udp_tunnels

/* VXLAN, Geneve and GTP-U: by the port that a datagram goes to. */
KEFIR_GLOBAL int kefir_dissect_udp_tunnel(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[2];
	const __u8 *udp = kefir_bytes(ctx, offset, scratch, 16);

	if (!h || !udp)
		return 0;

	__u16 port = kefir_be16(udp + 2);
	const __u8 *tunnel = udp + 8;

	//% if sees_vxlan
	/* RFC 7348: the flag says that there is a network identifier. */
	if ((port == 4789 || port == 8472) && tunnel[0] & 0x08) {
		//% if vxlan
		h->present |= KEFIR_VXLAN;
		//% each vxlan_fields
		h->/*= name */ = /*= value */;
		//% end
		//% end
		//% if tunnel
		kefir_note_tunnel(h, 1);
		//% end
		//% if tunnelid
		kefir_note_tunnel_id(h, kefir_be32(tunnel + 4) >> 8);
		//% end
	}
	//% end
	//% if sees_geneve
	/* RFC 8926, version 0. */
	if (port == 6081 && tunnel[0] < 0x40) {
		//% if geneve
		h->present |= KEFIR_GENEVE;
		//% each geneve_fields
		h->/*= name */ = /*= value */;
		//% end
		//% end
		//% if tunnel
		kefir_note_tunnel(h, 2);
		//% end
		//% if tunnelid
		kefir_note_tunnel_id(h, kefir_be32(tunnel + 4) >> 8);
		//% end
		//% if geneve_slices
		kefir_note_slices_geneve(ctx, h, offset + 8);
		//% end
	}
	//% end
	//% if sees_gtp
	/* 3GPP TS 29.281: version 1, and no GTP prime. */
	if (port == 2152 && (tunnel[0] & 0xf0) == 0x30) {
		//% if gtp
		h->present |= KEFIR_GTP;
		//% each gtp_fields
		h->/*= name */ = /*= value */;
		//% end
		//% end
		//% if tunnel
		kefir_note_tunnel(h, 5);
		//% end
		//% if tunnelid
		kefir_note_tunnel_id(h, kefir_be32(tunnel + 4));
		//% end
		//% if gtpext
		__u8 extended = tunnel[0] & 0x04;
		const __u8 *extension = kefir_bytes(ctx, offset + 16, scratch, 7);

		/* The first extension header: a PDU session container, of at least one word. */
		if (extended && extension && extension[3] == 0x85 && extension[4]) {
			const __u8 *container = extension + 5;

			h->present |= KEFIR_GTPEXT;
			//% each gtpext_fields
			h->/*= name */ = /*= value */;
			//% end
		}
		//% end
	}
	//% end
	return 0;
}
//% end
//% if sees_gre

/* GRE of version 0, its key, and ERSPAN in it. */
KEFIR_GLOBAL int kefir_dissect_gre(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[2];
	const __u8 *gre = kefir_bytes(ctx, offset, scratch, 4);

	if (!h || !gre)
		return 0;

	__u16 flags = kefir_be16(gre);

	if (flags & 0x0007)
		return 0;
	//% if gre
	h->present |= KEFIR_GRE;
	//% each gre_fields
	h->/*= name */ = /*= value */;
	//% end
	//% end
	//% if tunnel
	kefir_note_tunnel(h, 3);
	//% end
	//% if sees_behind_gre

	//% if sees_erspan
	__u16 type = kefir_be16(gre + 2);

	//% end
	/* The checksum's word, also there with routing. */
	offset += flags & 0xc000 ? 8 : 4;
	//% if sees_key
	if (flags & 0x2000) {
		const __u8 *key = kefir_bytes(ctx, offset, scratch, 4);

		if (key) {
			//% if grekey
			h->present |= KEFIR_GREKEY;
			h->gre_key = kefir_be32(key);
			//% end
			//% if tunnelid
			kefir_note_tunnel_id(h, kefir_be32(key));
			//% end
		}
	}
	//% end
	//% if sees_erspan
	/* Entries of routing are of any length. */
	if (flags & 0x4000)
		return 0;
	/* Key and sequence number. */
	offset += (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
	/* Without a sequence number it is ERSPAN of type I, which has no header. */
	if (type == 0x88be && flags & 0x1000) {
		const __u8 *erspan = kefir_bytes(ctx, offset, scratch, 8);

		if (!erspan)
			return 0;
		//% if erspan2
		h->present |= KEFIR_ERSPAN2;
		//% each erspan2_fields
		h->/*= name */ = /*= value */;
		//% end
		//% end
		//% if tunnel
		kefir_note_tunnel(h, 4);
		//% end
		//% if tunnelid
		kefir_note_tunnel_id(h, kefir_be16(erspan + 2) & 0x3ff);
		//% end
	}
	if (type == 0x22eb) {
		const __u8 *erspan = kefir_bytes(ctx, offset, scratch, 12);

		if (!erspan)
			return 0;
		//% if erspan3
		h->present |= KEFIR_ERSPAN3;
		//% each erspan3_fields
		h->/*= name */ = /*= value */;
		//% end
		//% end
		//% if tunnel
		kefir_note_tunnel(h, 4);
		//% end
		//% if tunnelid
		kefir_note_tunnel_id(h, kefir_be16(erspan + 2) & 0x3ff);
		//% end
	}
	//% end
	//% end
	return 0;
}
//% end
