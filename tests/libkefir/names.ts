/**
 * What libkefir's interface has: src/libkefir.h and doc/api.rst of its last version, 0.1.0.
 *
 * @module
 */

/** All functions, in the order of the header. */
export const FUNCTIONS: readonly string[] = [
  "kefir_bytes_for_type",
  "kefir_match_create",
  "kefir_rule_create",
  "kefir_filter_init",
  "kefir_filter_destroy",
  "kefir_filter_clone",
  "kefir_filter_size",
  "kefir_filter_add_rule",
  "kefir_rule_load",
  "kefir_rule_load_l",
  "kefir_rule_delete_by_id",
  "kefir_filter_dump",
  "kefir_filter_save_to_file",
  "kefir_filter_load_from_file",
  "kefir_cprog_destroy",
  "kefir_filter_convert_to_cprog",
  "kefir_cprog_to_stdout",
  "kefir_cprog_to_buf",
  "kefir_cprog_to_file",
  "kefir_cfile_compile_to_bpf",
  "kefir_bpfobj_destroy",
  "kefir_bpfobj_get_prog_fd",
  "kefir_cprog_load_to_kernel",
  "kefir_cprog_load_attach_to_kernel",
  "kefir_cprog_fill_map",
  "kefir_cprog_map_update_cmd",
  "kefir_filter_attach",
  "kefir_filter_attach_attr",
  "kefir_set_print",
];

/** All enums with what they count; the match types are those of FIELDS. */
export const ENUMS: Readonly<Record<string, readonly string[]>> = {
  kefir_comp_operator: ["EQUAL", "LT", "LEQ", "GT", "GEQ", "DIFF"],
  kefir_action_code: ["DROP", "PASS"],
  kefir_match_type: [],
  kefir_rule_type: ["ETHTOOL_NTUPLE", "TC_FLOWER"],
  kefir_cprog_target: ["XDP", "TC"],
};

/** All flags of `struct kefir_cprog_attr`. */
export const FLAGS: readonly string[] = [
  "KEFIR_CPROG_FLAG_INLINE_FUNC",
  "KEFIR_CPROG_FLAG_NO_LOOPS",
  "KEFIR_CPROG_FLAG_CLONE_FILTER",
  "KEFIR_CPROG_FLAG_NO_VLAN",
  "KEFIR_CPROG_FLAG_USE_PRINTK",
];

/** All structures with their members. */
export const STRUCTS: Readonly<Record<string, readonly string[]>> = {
  kefir_value: [],
  kefir_match: ["match_type", "comp_operator", "value", "mask", "flags"],
  kefir_rule: ["matches", "action"],
  kefir_cprog_attr: ["target", "license", "flags"],
  kefir_compil_attr: ["object_file", "ll_file", "clang_bin", "llc_bin"],
  kefir_load_attr: ["ifindex", "log_level", "flags"],
};

/** The one limit. */
export const LIMIT = "KEFIR_MAX_MATCH_PER_RULE";
