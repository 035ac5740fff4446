
/* The tables begin with an offset and a stride for each step; what follows are 16-bit entries. */
struct kefir_step {
	__u32 offset;
	__u32 stride;
};

static __always_inline __u32 kefir_entry(const __u8 *tables, const __u32 step, __u32 index)
{
	const struct kefir_step *steps = (const struct kefir_step *)tables;

	/* The mask tells the verifier that the entry is within. */
	return *(const __u16 *)(tables + KEFIR_MASK(steps[step].offset + 2 * index));
}
//% if pairs

static __always_inline __u32 kefir_pair(const __u8 *tables, const __u32 step, __u32 left, __u32 right)
{
	const struct kefir_step *steps = (const struct kefir_step *)tables;

	return kefir_entry(tables, step, left * steps[step].stride + right);
}
//% end
//% each tries

/* The class of a value: 16 bits of it at the root, 8 at each level below that is reached. */
static __always_inline __u32 kefir_trie_/*= bits */_/*= depth */(const __u8 *tables, const __u32 step, /*= type */ value)
{
	__u32 entry = kefir_entry(tables, step, value >> /*= root_shift */);

	//% each levels
	if (entry & 0x8000)
		entry = kefir_entry(tables, step, 0x10000 + ((entry & 0x7fff) << 8) + ((value >> /*= shift */) & 0xff));
	//% end
	return entry;
}
//% end

/* Classes of fields, classes of classes, and at last the rule: its counter, and whether it drops. */
static __always_inline struct kefir_decision kefir_decide(struct kefir_headers *h)
{
	const __u8 *tables = kefir_current_tables();

	if (!tables)
		return (struct kefir_decision){ /*= default_verdict */, 0 };
	//% if sets
	kefir_look_up_sets(h, tables);
	//% end
	//% each steps
	__u32 /*= name */ = /*= value */;
	//% end
	return (struct kefir_decision){ decided & 1 ? /*= drop */ : /*= pass */, decided >> 1 };
}
