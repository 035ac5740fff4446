
//% each slice_starts
/* Notes bytes at fixed distances from a start, each slice that the frame has whole. A function of its own for the verifier. */
KEFIR_GLOBAL int kefir_note_slices_/*= start */(kefir_ctx *ctx, struct kefir_headers *h, __u32 offset)
{
	__u64 scratch[2];
	const __u8 *bytes;

	if (!h)
		return 0;
	//% each slices
	bytes = kefir_bytes(ctx, offset + /*= from */, scratch, /*= bytes */);
	if (bytes) {
		h->present |= /*= macro */;
		h->/*= name */ = /*= value */;
	}
	//% end
	return 0;
}

//% end
