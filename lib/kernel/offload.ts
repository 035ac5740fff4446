/**
 * What an object must be like for network hardware to take it, as far as that is known without the hardware.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { BPF_MAP_TYPE } from "./ffi/constants.ts";

/** Parts of an object that hardware has something against, or not. */
export interface OffloadCandidate {
  /** Sections of its programs, such as `xdp.frags`. */
  readonly sections: readonly string[];
  readonly maps: readonly OffloadedMap[];
  /** Numbers of the helpers that it calls (linux/bpf.h, enum bpf_func_id). */
  readonly helpers: readonly number[];
}

/** A map as its object asks for it; sizes in bytes. */
export interface OffloadedMap {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/** Key and value of an entry, each rounded up to 8 bytes (drivers/net/ethernet/netronome/nfp/bpf/offload.c). */
export const OFFLOAD_ENTRY_BYTES = 64;

/**
 * Everything that keeps an object out of hardware, by the rules of the kernel (kernel/bpf/offload.c) and of Netronome's nfp, the
 * one driver of hardware that takes programs. What depends on the card is left to the driver: how many maps and entries, how
 * long a program, which instructions.
 */
export function checkOffload({ sections, maps, helpers }: OffloadCandidate): readonly Diagnostic[] {
  return [...sections.flatMap(checkSection), ...maps.flatMap(checkMap), ...helpers.flatMap(checkHelper)];
}

function checkSection(section: string): Diagnostic[] {
  if (!/^xdp(\.frags)?(\/|$)/.test(section)) {
    return [finding("offload-hook", `a program of section "${section}" is not for XDP`, "offload at xdp")];
  }
  return section.startsWith("xdp.frags")
    ? [finding("offload-frags", "it reads packets in several buffers", "frags: false reads packets in one buffer")]
    : [];
}

function checkMap({ name, type, flags, keySize, valueSize }: OffloadedMap): Diagnostic[] {
  const map = `map "${name}"`;
  if (type !== BPF_MAP_TYPE.hash && type !== BPF_MAP_TYPE.array) {
    const found = Object.entries(BPF_MAP_TYPE).find(([, number]) => number === type)?.[0] ?? `number ${type}`;
    const what = `${map} is of type ${found}, which hardware has not: hash and array`;
    return [finding("offload-map-type", what, withoutMap(name))];
  }
  const found: Diagnostic[] = [];
  if (flags !== 0) {
    const what = `${map} has the flags 0x${flags.toString(16)}, which hardware has not`;
    found.push(finding("offload-map-flags", what, withoutMap(name)));
  }
  const bytes = roundUp(keySize) + roundUp(valueSize);
  if (bytes > OFFLOAD_ENTRY_BYTES) {
    const what = `an entry of ${map} takes ${bytes} bytes, ${OFFLOAD_ENTRY_BYTES} at most`;
    found.push(finding("offload-map-entry", what, withoutMap(name)));
  }
  return found;
}

/** What kefir's programs do without a map. */
function withoutMap(name: string): string {
  if (name === "kefir_counters") return "--no-counters (counts: false) leaves it out";
  // The texts that bpf_trace_printk is given.
  if (name.endsWith(".rodata")) return "leave printk out";
  return "--strategy inline has no tables";
}

/** Helpers of the nfp driver (drivers/net/ethernet/netronome/nfp/bpf/verifier.c, nfp_bpf_check_helper_call). */
const OFFLOADED_HELPERS: readonly number[] = [
  1, // bpf_map_lookup_elem
  2, // bpf_map_update_elem
  3, // bpf_map_delete_elem
  7, // bpf_get_prandom_u32
  25, // bpf_perf_event_output
  44, // bpf_xdp_adjust_head
  65, // bpf_xdp_adjust_tail
];

/** Helpers that kefir's programs call and hardware has not, and what makes them do without. */
const OTHER_HELPERS: ReadonlyMap<number, readonly [name: string, hint: string]> = new Map([
  [6, ["bpf_trace_printk", "leave printk out"]],
  [181, ["bpf_loop", "--strategy inline, and no field behind IPv6's extension headers, need none"]],
  [188, ["bpf_xdp_get_buff_len", "frags: false reads packets in one buffer"]],
  [189, ["bpf_xdp_load_bytes", "frags: false reads packets in one buffer"]],
]);

function checkHelper(helper: number): Diagnostic[] {
  if (OFFLOADED_HELPERS.includes(helper)) return [];
  const [name, hint] = OTHER_HELPERS.get(helper) ?? [`helper ${helper}`, undefined];
  return [finding("offload-helper", `it calls ${name}, which hardware has not`, hint)];
}

function finding(code: string, what: string, hint?: string): Diagnostic {
  return { severity: "error", code, message: `Cannot offload: ${what}`, ...(hint !== undefined && { hint }) };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
