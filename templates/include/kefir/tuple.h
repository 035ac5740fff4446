
static __always_inline struct kefir_decision kefir_decide(const struct kefir_headers *h)
{
	const __u8 *tables = kefir_current_tables();

	return (struct kefir_decision){ tables != NULL, h->present };
}
