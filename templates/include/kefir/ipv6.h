//% if chain

/* Where a walk along the extension headers is. */
struct kefir_walk {
	kefir_ctx *ctx;
	//% if walks_with_headers
	struct kefir_headers *headers;
	//% end
	__u32 offset;
	__u8 next;
	__u8 cut;
	__u8 later_fragment;
	//% if l3_frag
	__u8 fragment;
	//% end
};

/* RFC 8200 section 4, and the IANA registry of extension header types. */
static __always_inline int kefir_is_extension(__u8 protocol)
{
	if (protocol < 64)
		return /*= low_extensions */ >> protocol & 1;
	return /*= other_extensions */;
}

/* One step: over the header at walk->offset. Returns 1 at the end of the walk. */
KEFIR_STEP kefir_walk_extension(__u32 index, void *data)
{
	struct kefir_walk *walk = data;
	__u64 scratch[1];

	if (!kefir_is_extension(walk->next))
		return 1;
	//% if ah
	if (walk->next == 51)
		kefir_dissect_ah(walk->ctx, walk->headers, walk->offset);
	//% end

	const __u8 *header = kefir_bytes(walk->ctx, walk->offset, scratch, 8);

	if (!header) {
		walk->cut = 1;
		return 1;
	}

	__u32 bytes = (header[1] + 1) * 8;

	if (walk->next == 44) {
		bytes = 8;
		//% if l3_frag
		walk->fragment = 3;
		//% end
		if (kefir_be16(header + 2) >> 3) {
			walk->later_fragment = 1;
			//% if l3_frag
			walk->fragment = 1;
			//% end
		}
	} else if (walk->next == 51) {
		bytes = (header[1] + 2) * 4;
	}
	walk->next = header[0];
	walk->offset += bytes;
	if (walk->offset > kefir_frame_bytes(walk->ctx))
		walk->cut = 1;
	//% if forgets
	walk->offset = kefir_forget(walk->headers, walk->offset);
	//% end
	return walk->cut || walk->later_fragment;
}
//% end

/* Notes the fields of a header. */
static __always_inline void kefir_note_ipv6(struct kefir_headers *h, const __u8 *ipv6)
{
	//% if ipv6_present
	h->present |= KEFIR_IPV6;
	//% end
	//% each ipv6_fields
	h->/*= name */ = /*= value */;
	//% end
}

/* A header without extension headers: noted, with what is behind it. Returns 0 for any other. */
static __always_inline int kefir_note_usual_ipv6(struct kefir_headers *h, const __u8 *ipv6)
{
	if (ipv6[0] >> 4 != 6)
		return 0;
	//% if chain
	if (kefir_is_extension(ipv6[6]))
		return 0;
	//% end
	kefir_note_ipv6(h, ipv6);
	//% if chain
	//% if protocol
	kefir_note_protocol(h, ipv6[6], 0);
	//% end
	//% if l4_bytes
	kefir_note_l4(h, ipv6 + 40, ipv6[6]);
	//% end
	//% end
	return 1;
}

static __always_inline void kefir_dissect_ipv6(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[5];
	const __u8 *ipv6 = kefir_bytes(ctx, offset, scratch, 40);

	if (!ipv6 || ipv6[0] >> 4 != 6)
		return;
	kefir_note_ipv6(h, ipv6);
	//% if ipv6_slices
	kefir_note_slices_ipv6(ctx, h, offset);
	//% end
	//% if chain

	struct kefir_walk walk = {
		.ctx = ctx,
		//% if walks_with_headers
		.headers = h,
		//% end
		.offset = offset + 40,
		.next = ipv6[6],
	};

	if (kefir_is_extension(walk.next)) {
		KEFIR_LOOP(/*= max_extensions */, kefir_walk_extension, &walk);
		/* A chain that is cut, or that goes on, has no protocol above it. */
		if (walk.cut || (kefir_is_extension(walk.next) && !walk.later_fragment))
			return;
	}
	//% if protocol
	//% if l3_frag
	kefir_note_protocol(h, walk.next, walk.fragment);
	//% else
	kefir_note_protocol(h, walk.next, 0);
	//% end
	//% end
	//% if l4_bytes
	if (!walk.later_fragment)
		kefir_dissect_l4(ctx, h, walk.offset, walk.next);
	//% end
	//% if upper
	if (!walk.later_fragment)
		kefir_dissect_upper(ctx, h, walk.offset, walk.next);
	//% end
	//% end
}
