/**
 * C programs: a filter turned into C for one hook. Pure; the same filter and options give the same text anywhere.
 *
 * @module
 */

import { checkErrors, checkFilter } from "./analysis/checks.ts";
import { checkFlags } from "./analysis/flags.ts";
import { choosePlan } from "./classify/choose.ts";
import { encodeSteps } from "./classify/linear.ts";
import type { CounterPlaces } from "./classify/counters.ts";
import { generationBytes, isTablePlan, type Plan, setsOffset, type StrategyChoice } from "./classify/plan.ts";
import { generateC } from "./codegen/generate.ts";
import type { Lint } from "./model/problem.ts";
import { FilterError } from "./diagnostics/errors.ts";
import { logOf } from "./diagnostics/log.ts";
import { createFilter, type Filter, type FilterInput } from "./model/filter.ts";
import { flagsOf, isMapped, type ProgramFlags } from "./model/flags.ts";
import { findHook, type Hook, type HookName, HOOKS } from "./model/hooks.ts";
import { checkLicense, DEFAULT_LICENSE } from "./model/license.ts";
import type { Rule } from "./model/rule.ts";
import { printRule } from "./syntax/print.ts";

/** How a filter becomes C. */
export interface CprogOptions {
  /** Where the program is to run; `xdp` unless given. */
  readonly hook?: HookName;
  /** How packets are classified; `auto` unless given. */
  readonly strategy?: StrategyChoice;
  /** Name of the filter in the text; `filter` unless given. */
  readonly name?: string;
  /** XDP: read packets in several buffers, which needs kernel 5.18 and large MTUs need; true unless given. */
  readonly frags?: boolean;
  /** Whether rules count packets and bytes; true unless given. */
  readonly counts?: boolean;
  /**
   * The license that the program declares to the kernel: 1 to 63 printable ASCII characters; `Dual BSD/GPL` unless given. What
   * the kernel has for GPL-compatible programs only, it keeps from others.
   */
  readonly license?: string;
  /**
   * Whether to look for what is worth a warning; true unless given. With many rules that takes longer than to change one of
   * them, see `planChange`.
   */
  readonly warnings?: boolean;
  /** Where rules count, when they take over from others in a running program; see `swapRules`. */
  readonly counters?: CounterPlaces;
  /** A plan whose program is to take the rules, if it can. */
  readonly like?: Plan;
  /** No function calls another, nor is one a callback: for loaders and hardware that know no BPF-to-BPF calls. */
  readonly inlineFunctions?: boolean;
  /**
   * No loop and no bpf_loop: for kernels before 5.3. Strategies refuse what they cannot unroll; `frags`, for which kernel
   * 5.18 is needed, is false unless given.
   */
  readonly noLoops?: boolean;
  /**
   * No VLAN tag is read. A tag in the frame hides what is behind it, `eth.type` is then the tag's own; one that the kernel
   * keeps beside the frame (TC) is not looked at. A rule that asks for a tag is an error.
   */
  readonly noVlan?: boolean;
  /**
   * Writes each verdict, and the rule that decided, to the kernel's trace (`trace_pipe`): for debugging, it is slow. The number
   * of rules is then in the C, and other rules never come by a swap of data. Needs a GPL-compatible license.
   */
  readonly printk?: boolean;
}

/** A C program and what it was made of. Frozen. */
export interface Cprog {
  /** Name of the filter in the text. */
  readonly name: string;
  /** Where it is to run. */
  readonly hook: Hook;
  /** The filter as it was: later changes of the one given do not reach it. */
  readonly filter: Filter;
  /** How packets are classified. */
  readonly plan: Plan;
  /** XDP: whether it reads packets in several buffers. */
  readonly frags: boolean;
  /** Whether its rules count. */
  readonly counts: boolean;
  /** What it declares to the kernel. */
  readonly license: string;
  /** How it differs from the usual program. */
  readonly flags: ProgramFlags;
  /** The C, whole: it includes only headers of linux and libbpf. */
  readonly text: string;
  /** What the checks warn about. */
  readonly warnings: readonly Lint[];
}

/** Name of the map whose only slot has the tables, in every program that has tables. */
export const TABLES_MAP = "kefir_tables";

/** Contents of a map that a program needs before it decides anything. */
export interface MapContents {
  /** Name of the map in the object. */
  readonly map: string;
  /** `values`: an array map is filled; `generation`: an array map of one such value is put into slot 0. */
  readonly kind: "values" | "generation";
  /** The values of all indexes, one after the other, in the machine's byte order. */
  readonly values: Uint8Array<ArrayBuffer>;
  /** Where in a generation the kernel's number of its map is to be, 32 bits; absent where no program asks for it. */
  readonly generationAt?: number;
  /** Of a generation: whether its map can be mapped into memory (BPF_F_MMAPABLE), as the program declares it. */
  readonly mapped?: boolean;
}

/**
 * Turns a filter into a C program.
 *
 * @throws FilterError when a check finds an error, or when the strategy cannot hold the filter
 * @throws RangeError for a hook that does not exist, or a license that cannot be declared
 */
export function createCprog(filter: FilterInput, options: CprogOptions = {}): Cprog {
  const hook = findHook(options.hook ?? "xdp");
  if (hook === undefined) {
    throw new RangeError(`Cannot use the hook "${options.hook}": hooks are ${Object.keys(HOOKS).join(", ")}`);
  }
  const copy = createFilter(filter).clone();
  const flags = flagsOf(options);
  const found = [...checkFlags(copy, flags), ...(options.warnings === false ? checkErrors(copy) : checkFilter(copy))];
  if (found.some((one) => one.severity === "error")) throw new FilterError(found);
  const name = options.name ?? "filter";
  const plan = choosePlan(copy, {
    strategy: options.strategy ?? "auto",
    flags,
    textOf: textOfRule,
    ...(options.counters !== undefined && { counters: options.counters }),
    ...(options.like !== undefined && { like: options.like }),
  });
  const frags = options.frags ?? !flags.noLoops;
  const license = checkLicense(options.license ?? DEFAULT_LICENSE, flags.printk ? "bpf_trace_printk" : undefined);
  const counts = options.counts ?? true;
  const text = generateC(plan, { hook, name, frags, counts, license, flags });
  logOf("codegen").debug(`generated C for ${hook.name}: ${text.length} characters`, { hook: hook.name, name });
  const warnings = Object.freeze(found);
  return Object.freeze({ name, hook, filter: copy, plan, frags, counts, license, flags, text, warnings });
}

/** What has to be in the program's maps before it is attached. */
export function mapContents(cprog: Cprog): readonly MapContents[] {
  const { plan } = cprog;
  switch (plan.strategy) {
    case "inline":
      return [];
    case "linear":
      return [{ map: "kefir_rules", kind: "values", values: encodeSteps(plan, cprog.hook) }, ...generationOf(cprog)];
    default:
      return generationOf(cprog);
  }
}

/** The value that all tables are which change at once: the strategy's, and behind them the sets'. */
function generationOf({ plan, flags }: Cprog): readonly MapContents[] {
  const strategy = isTablePlan(plan) ? plan.tables : new Uint8Array();
  if (generationBytes(plan) === 0) return [];
  const generation = { map: TABLES_MAP, kind: "generation" as const, mapped: isMapped(flags) };
  const numbered = plan.strategy === "classes" ? { ...generation, generationAt: plan.generationAt } : generation;
  if (plan.sets === undefined) return [{ ...numbered, values: strategy }];
  const values = new Uint8Array(generationBytes(plan));
  values.set(strategy);
  values.set(plan.sets.tables, setsOffset(plan));
  return [{ ...numbered, values }];
}

/** How people wrote a rule, or how kefir would write it. */
export function textOfRule(rule: Rule): string {
  return rule.source?.text ?? printRule(rule, "kefir");
}
