/**
 * Attaching to TC by a filter of the clsact qdisc: on every kernel, without a link.
 *
 * @module
 */

import { TC_HOOK, TC_OPTS } from "./ffi/abi.ts";
import { BPF_TC, BPF_TC_F_REPLACE } from "./ffi/constants.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { explainFailure } from "./ffi/messages.ts";
import { filterQdiscKind, hasTcFilters } from "./ffi/netlink.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn, type KernelCall, kernelError } from "./gate.ts";
import { formatInterface } from "./interface.ts";
import type { BpfProgram } from "./program.ts";
import type { TcDirection } from "./tc.ts";

export { filterQdiscKind } from "./ffi/netlink.ts";

/** A place for one filter. */
export interface ClsactSlot {
  /** Interface in the calling thread's network namespace. */
  readonly ifindex: number;
  /** Which frames the program sees. */
  readonly direction: TcDirection;
  /** Number of the filter within its priority, from 1. */
  readonly handle: number;
  /** 1 to 65535; filters run in ascending order. tc(8) calls it `pref`. */
  readonly priority: number;
}

/** What {@link attachClsact} takes. */
export interface ClsactTarget extends ClsactSlot {
  /** Replace, atomically, the filter that is there; a place that is free is taken all the same. */
  readonly replace?: boolean;
}

/** What {@link attachClsact} did. */
export interface ClsactAttachment extends ClsactSlot {
  /** The program that is attached now. */
  readonly programId: number;
  /** Whether the qdisc was created for this. Remember it: {@link detachClsact} wants to know. */
  readonly createdQdisc: boolean;
}

/**
 * Attaches a program as a direct-action filter of the clsact qdisc, which is created when missing (bpf_tc_hook_create,
 * bpf_tc_attach). The filter stays until it is detached or the interface goes.
 *
 * @throws KernelError with EEXIST when the place is taken
 */
export function attachClsact(program: BpfProgram, target: ClsactTarget): ClsactAttachment {
  const { ifindex, direction, handle, priority } = target;
  const hook = hookOf(target);
  // EEXIST: the qdisc is there.
  const created = libbpf().bpf_tc_hook_create(hook.bytes);
  const createdQdisc = created !== -17;
  if (createdQdisc) {
    const call = tcCall("bpf_tc_hook_create", "create the clsact qdisc of", target);
    checkReturn(created, { ...call, hints: NO_INTERFACE });
  } else if (direction === "egress") requireClsact(target);
  const opts = optsOf(target).set("prog_fd", program.fd).set("flags", target.replace ? BPF_TC_F_REPLACE : 0);
  const { result, messages } = explainFailure(() => libbpf().bpf_tc_attach(hook.bytes, opts.bytes));
  if (result < 0 && createdQdisc) removeEmptyQdisc(ifindex);
  checkReturn(result, {
    ...tcCall("bpf_tc_attach", `attach "${program.name}" to TC ${direction} of`, target),
    hints: {
      EEXIST: `a filter has handle ${handle} and priority ${priority} (use --replace)`,
      ...(program.type === "schedCls" ? {} : { EINVAL: `the program is of type ${program.type}, not schedCls` }),
    },
    messages,
  });
  return { ifindex, direction, handle, priority, programId: opts.get("prog_id"), createdQdisc };
}

/**
 * Makes sure that the qdisc that is there is not `ingress`: that one takes a filter for egress as well, without a word,
 * and runs it at ingress (net/sched/sch_ingress.c, ingress_tcf_block).
 */
function requireClsact(target: ClsactTarget): void {
  if (filterQdiscKind(target.ifindex) !== "ingress") return;
  const call = tcCall("bpf_tc_hook_create", "attach to TC egress of", target);
  const hint = `its qdisc is "ingress", which has no egress, and not "clsact" (remove that one, or attach by TCX)`;
  throw kernelError(17, { ...call, hints: { EEXIST: hint } });
}

/** Id of the program of the filter at that place, or undefined without one, or without a qdisc (bpf_tc_query). */
export function queryClsact(slot: ClsactSlot): number | undefined {
  const hook = hookOf(slot);
  const opts = optsOf(slot);
  const returned = libbpf().bpf_tc_query(hook.bytes, opts.bytes);
  // ENOENT: no such filter. EINVAL: no such qdisc.
  if (returned === -2 || returned === -22) return undefined;
  checkReturn(returned, {
    ...tcCall("bpf_tc_query", `ask for the TC ${slot.direction} filter of`, slot),
    hints: NO_INTERFACE,
  });
  return opts.get("prog_id");
}

/** What {@link detachClsact} did. */
export interface ClsactDetachment {
  /** Whether there was a filter to remove. */
  readonly removedFilter: boolean;
  /** Whether the qdisc went too. */
  readonly removedQdisc: boolean;
}

/**
 * Removes the filter at that place (bpf_tc_detach), and with `removeQdisc` the qdisc too if no filter is left in either
 * direction, whoever made it. A filter that someone else adds between the look and the removal goes with it: the kernel
 * has no way to remove a qdisc only if it is empty.
 */
export function detachClsact(slot: ClsactSlot, options: { readonly removeQdisc?: boolean } = {}): ClsactDetachment {
  const hook = hookOf(slot);
  const opts = optsOf(slot);
  const returned = libbpf().bpf_tc_detach(hook.bytes, opts.bytes);
  const removedFilter = returned !== -2 && returned !== -22;
  if (removedFilter) {
    checkReturn(returned, {
      ...tcCall("bpf_tc_detach", `detach the TC ${slot.direction} filter of`, slot),
      hints: NO_INTERFACE,
    });
  }
  const removedQdisc = options.removeQdisc === true && removeEmptyQdisc(slot.ifindex);
  return { removedFilter, removedQdisc };
}

const NO_INTERFACE = { ENODEV: "there is no such interface" };

function removeEmptyQdisc(ifindex: number): boolean {
  const filters = hasTcFilters(ifindex);
  if (typeof filters === "number") {
    const target = formatInterface(ifindex);
    throw kernelError(-filters, { operation: "rtnetlink", action: "list the TC filters of", target });
  }
  if (filters) return false;
  const both = new Struct(TC_HOOK).set("ifindex", ifindex).set("attach_point", BPF_TC.ingress | BPF_TC.egress);
  const returned = libbpf().bpf_tc_hook_destroy(both.bytes);
  if (returned === -2 || returned === -22) return false;
  checkReturn(returned, {
    operation: "bpf_tc_hook_destroy",
    action: "remove the clsact qdisc of",
    target: formatInterface(ifindex),
  });
  return true;
}

function hookOf({ ifindex, direction }: ClsactSlot): Struct<typeof TC_HOOK> {
  return new Struct(TC_HOOK).set("ifindex", ifindex).set("attach_point", BPF_TC[direction]);
}

function optsOf({ handle, priority }: ClsactSlot): Struct<typeof TC_OPTS> {
  if (!(handle >= 1 && handle <= 0xffffffff && priority >= 1 && priority <= 0xffff)) {
    throw new RangeError(`Cannot use handle ${handle} and priority ${priority}: both are from 1, the latter to 65535`);
  }
  return new Struct(TC_OPTS).set("handle", handle).set("priority", priority);
}

function tcCall(operation: string, action: string, slot: ClsactSlot): KernelCall {
  return { operation, action, target: formatInterface(slot.ifindex) };
}
