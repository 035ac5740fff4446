
/* The first rule that holds, or the default. */
//% if dissects
static __always_inline struct kefir_decision kefir_decide(kefir_read_headers *h)
//% else
static __always_inline struct kefir_decision kefir_decide(void)
//% end
{
	//% each rules
	/* /*= comment */ */
	//% if conditional
	if (/*= condition */)
		return (struct kefir_decision){ /*= verdict */, /*= counter */ };
	//% else
	return (struct kefir_decision){ /*= verdict */, /*= counter */ };
	//% end

	//% end
	//% if default
	/* default */
	return (struct kefir_decision){ /*= default_verdict */, /*= default_counter */ };
	//% end
}
