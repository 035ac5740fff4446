/**
 * libbpf, opened on first use.
 *
 * @module
 */

import { openLibrary } from "./library.ts";

/**
 * What is bound, by C name: bpf/bpf.h and bpf/libbpf.h. All of it is in libbpf 1.0; the 0.x series returned errors in
 * another way.
 */
export const LIBBPF_SYMBOLS = {
  bpf_link_create: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  bpf_link_detach: { parameters: ["i32"], result: "i32" },
  bpf_link_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  bpf_link_get_next_id: { parameters: ["u32", "buffer"], result: "i32" },
  bpf_link_update: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  bpf_map__fd: { parameters: ["pointer"], result: "i32" },
  bpf_map__inner_map: { parameters: ["pointer"], result: "pointer" },
  bpf_map__is_internal: { parameters: ["pointer"], result: "bool" },
  bpf_map__key_size: { parameters: ["pointer"], result: "u32" },
  bpf_map__map_flags: { parameters: ["pointer"], result: "u32" },
  bpf_map__name: { parameters: ["pointer"], result: "pointer" },
  bpf_map__reuse_fd: { parameters: ["pointer", "i32"], result: "i32" },
  bpf_map__set_ifindex: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_map__set_initial_value: { parameters: ["pointer", "buffer", "usize"], result: "i32" },
  bpf_map__set_inner_map_fd: { parameters: ["pointer", "i32"], result: "i32" },
  bpf_map__set_max_entries: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_map__set_value_size: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_map__type: { parameters: ["pointer"], result: "u32" },
  bpf_map__value_size: { parameters: ["pointer"], result: "u32" },
  bpf_map_create: { parameters: ["i32", "buffer", "u32", "u32", "u32", "buffer"], result: "i32" },
  bpf_map_delete_elem: { parameters: ["i32", "buffer"], result: "i32" },
  bpf_map_freeze: { parameters: ["i32"], result: "i32" },
  bpf_map_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  bpf_map_get_next_key: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  bpf_map_lookup_batch: {
    parameters: ["i32", "buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  bpf_map_lookup_elem: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  bpf_map_update_batch: { parameters: ["i32", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
  bpf_map_update_elem: { parameters: ["i32", "buffer", "buffer", "u64"], result: "i32" },
  bpf_obj_get: { parameters: ["buffer"], result: "i32" },
  bpf_obj_get_info_by_fd: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  bpf_obj_pin: { parameters: ["i32", "buffer"], result: "i32" },
  bpf_object__close: { parameters: ["pointer"], result: "void" },
  bpf_object__load: { parameters: ["pointer"], result: "i32" },
  bpf_object__next_map: { parameters: ["pointer", "pointer"], result: "pointer" },
  bpf_object__next_program: { parameters: ["pointer", "pointer"], result: "pointer" },
  bpf_object__open_mem: { parameters: ["buffer", "usize", "buffer"], result: "pointer" },
  bpf_prog_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  bpf_prog_query: { parameters: ["i32", "i32", "u32", "buffer", "buffer", "buffer"], result: "i32" },
  bpf_prog_test_run_opts: { parameters: ["i32", "buffer"], result: "i32" },
  bpf_program__fd: { parameters: ["pointer"], result: "i32" },
  bpf_program__name: { parameters: ["pointer"], result: "pointer" },
  bpf_program__section_name: { parameters: ["pointer"], result: "pointer" },
  bpf_program__set_ifindex: { parameters: ["pointer", "u32"], result: "void" },
  bpf_program__set_log_buf: { parameters: ["pointer", "buffer", "usize"], result: "i32" },
  bpf_program__set_log_level: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_tc_attach: { parameters: ["buffer", "buffer"], result: "i32" },
  bpf_tc_detach: { parameters: ["buffer", "buffer"], result: "i32" },
  bpf_tc_hook_create: { parameters: ["buffer"], result: "i32" },
  bpf_tc_hook_destroy: { parameters: ["buffer"], result: "i32" },
  bpf_tc_query: { parameters: ["buffer", "buffer"], result: "i32" },
  bpf_xdp_detach: { parameters: ["i32", "u32", "buffer"], result: "i32" },
  bpf_xdp_query: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  libbpf_get_error: { parameters: ["pointer"], result: "i64" },
  libbpf_major_version: { parameters: [], result: "u32" },
  libbpf_minor_version: { parameters: [], result: "u32" },
  libbpf_num_possible_cpus: { parameters: [], result: "i32" },
  libbpf_set_print: { parameters: ["function"], result: "pointer" },
} as const;

/** The functions of libbpf, all synchronous: errno and the network namespace are the calling thread's. */
export type Libbpf = Deno.DynamicLibrary<typeof LIBBPF_SYMBOLS>["symbols"];

let opened: Libbpf | undefined;

/**
 * Opens libbpf on first use.
 *
 * @throws UnavailableError without `--allow-ffi`, without libbpf.so.1, or when it lacks a function
 */
export function libbpf(): Libbpf {
  if (opened === undefined) {
    opened = openLibrary("libbpf.so.1", LIBBPF_SYMBOLS, {
      neededBy: "loading programs into the kernel",
      remedy: "apt-get install -y libbpf1, version 1.0 or newer",
    });
    // A null function silences libbpf, which would write to standard error.
    opened.libbpf_set_print(null);
  }
  return opened;
}
