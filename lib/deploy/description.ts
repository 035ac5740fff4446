/**
 * What is said about a deployment to those who ask.
 *
 * @module
 */

import type { StrategyName } from "../classify/plan.ts";
import type { XdpMode } from "../kernel/xdp.ts";
import type { Action, HookName } from "../model/hooks.ts";
import type { Deployment, DeploymentState } from "./deployment.ts";
import type { AttachmentKind } from "./manifest.ts";

/** A filter on this host. */
export interface AttachedFilter {
  /** Name of the deployment. */
  readonly name: string;
  /** Name of the interface when it was attached. */
  readonly interface: string;
  /** Its index. */
  readonly ifindex: number;
  /** Where it runs. */
  readonly hook: HookName;
  /** By what it is held. */
  readonly kind: AttachmentKind;
  /** XDP: who runs it. */
  readonly mode?: XdpMode;
  /** Whether packets go through it. */
  readonly state: DeploymentState;
  /** How packets are classified. */
  readonly strategy: StrategyName;
  /** Number of rules. */
  readonly rules: number;
  /** What happens to a packet that no rule holds for. */
  readonly defaultAction: Action;
  /** Id of the program in the kernel, as bpftool(8) shows it. */
  readonly programId: number;
  /** When it was attached or replaced, ISO 8601. */
  readonly attachedAt: string;
  /** kefir's version that attached it. */
  readonly version: string;
  /** SHA-256 of its rules and its default: the same for filters that mean the same, rule by rule. */
  readonly hash: string;
}

/** What a listing says about a deployment. */
export function describeDeployment({ name, state, generation }: Deployment): AttachedFilter {
  const { manifest } = generation;
  return {
    name,
    interface: manifest.interface,
    ifindex: manifest.ifindex,
    hook: manifest.hook,
    kind: manifest.kind,
    ...(manifest.mode !== undefined && { mode: manifest.mode }),
    state,
    strategy: manifest.strategy,
    rules: manifest.rules,
    defaultAction: manifest.defaultAction,
    programId: manifest.programId,
    attachedAt: manifest.attachedAt,
    version: manifest.version,
    hash: manifest.hash,
  };
}
