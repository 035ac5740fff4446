/**
 * Which filters are attached on this host, and what they count.
 *
 * @module
 */

import type { StrategyName } from "../classify/plan.ts";
import { textOfRule } from "../cprog.ts";
import type { Counter } from "../counters.ts";
import type { XdpMode } from "../kernel/xdp.ts";
import type { Action, HookName } from "../model/hooks.ts";
import { type Deployment, type DeploymentState, readDeployments } from "./deployment.ts";
import { requireDeployment } from "./detach.ts";
import { totalCounters } from "./generation.ts";
import { withLock } from "./layout.ts";
import type { AttachmentKind } from "./manifest.ts";

/** A filter on this host. */
export interface AttachedFilter {
  readonly name: string;
  readonly interface: string;
  readonly ifindex: number;
  readonly hook: HookName;
  readonly kind: AttachmentKind;
  readonly mode?: XdpMode;
  readonly state: DeploymentState;
  readonly strategy: StrategyName;
  readonly rules: number;
  readonly defaultAction: Action;
  /** Id of the program in the kernel, as bpftool(8) shows it. */
  readonly programId: number;
  /** When it was attached or replaced, ISO 8601. */
  readonly attachedAt: string;
  /** kefir's version that attached it. */
  readonly version: string;
  /** SHA-256 of the filter in kefir's JSON. */
  readonly hash: string;
}

/** What a rule of an attached filter has decided. */
export interface RuleStats extends Counter {
  readonly index: number;
  /** Line of its file, from 1; null for a rule that came from elsewhere. */
  readonly line: number | null;
  readonly text: string;
}

/** What an attached filter has decided, since it was attached: a replacement keeps the counts of rules that stay. */
export interface FilterStats {
  readonly name: string;
  readonly rules: readonly RuleStats[];
  readonly default: Counter;
}

/**
 * Every filter that kefir has on this host, by name.
 *
 * @throws UnavailableError without a BPF file system or the privilege
 */
export function list(): readonly AttachedFilter[] {
  return withLock(() => readDeployments().map(describeDeployment));
}

/**
 * The counts of a filter.
 *
 * @throws Deno.errors.NotFound without a filter of that name
 */
export function stats(name: string): FilterStats {
  return withLock(() => {
    const { generation } = requireDeployment(name);
    const totals = totalCounters(generation);
    const none: Counter = { packets: 0, bytes: 0 };
    const { filter } = generation.manifest;
    return {
      name,
      rules: filter.rules.map((rule, index) => ({
        index,
        line: rule.source?.line ?? null,
        text: textOfRule(rule),
        ...(totals[index] ?? none),
      })),
      default: totals[filter.size] ?? none,
    };
  });
}

/** What {@link list} says about a deployment. */
export function describeDeployment({ name, state, generation }: Deployment): AttachedFilter {
  const { manifest, programId } = generation;
  return {
    name,
    interface: manifest.interface,
    ifindex: manifest.ifindex,
    hook: manifest.hook,
    kind: manifest.kind,
    ...(manifest.mode !== undefined && { mode: manifest.mode }),
    state,
    strategy: manifest.strategy,
    rules: manifest.filter.size,
    defaultAction: manifest.filter.defaultAction,
    programId,
    attachedAt: manifest.attachedAt,
    version: manifest.version,
    hash: manifest.hash,
  };
}
