
/*
 * Says in the kernel's trace what was decided. The number of a rule is that of its counter. The text is on the stack, for
 * kernels without read-only data.
 */
KEFIR_APART int kefir_print(kefir_ctx *ctx, int verdict, __u32 counter)
{
	int drops = verdict == /*= drop */;

	if (counter == /*= default_number */) {
		char dropped[] = "kefir /*= hook */ on %u: drop by default\n";
		char passed[] = "kefir /*= hook */ on %u: pass by default\n";

		bpf_trace_printk(drops ? dropped : passed, sizeof(passed), ctx->/*= interface */);
	} else {
		char dropped[] = "kefir /*= hook */ on %u: drop by rule %u\n";
		char passed[] = "kefir /*= hook */ on %u: pass by rule %u\n";

		bpf_trace_printk(drops ? dropped : passed, sizeof(passed), ctx->/*= interface */, counter);
	}
	return 0;
}
