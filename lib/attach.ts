/**
 * From a filter to packets being dropped, in one call.
 *
 * @module
 */

import { compileCprog } from "./compile.ts";
import { type Cprog, type CprogOptions, createCprog } from "./cprog.ts";
import {
  attachLoaded,
  type AttachmentOptions,
  type AttachmentTarget,
  checkFree,
  resolveTarget,
} from "./deploy/attach.ts";
import { detach } from "./deploy/detach.ts";
import { withLock } from "./deploy/layout.ts";
import { createManifest } from "./deploy/create_manifest.ts";
import { type AttachedFilter, describeDeployment } from "./deploy/description.ts";
import { type FilterStats, stats } from "./deploy/stats.ts";
import { findSwappable, swapAttached, type SwappableProgram } from "./deploy/swap.ts";
import type { VerifierLogLevel } from "./kernel/object.ts";
import { isKernelAtLeast } from "./kernel/kernel_version.ts";
import { loadCprog, type LoadedFilter } from "./load.ts";
import { createFilter, type FilterInput } from "./model/filter.ts";
import { flagsOf } from "./model/flags.ts";
import type { HookName } from "./model/hooks.ts";
import { DEFAULT_LICENSE } from "./model/license.ts";
import { type ChangeTier, planChangeOf } from "./swap.ts";
import type { CompileOptions } from "./toolchain/compile.ts";

/** Where and how a filter is attached, and how it gets there. */
export interface AttachOptions extends AttachmentOptions, Omit<CprogOptions, "name">, CompileOptions {
  /** What the verifier writes when it accepts, see {@link LoadOptions.logLevel}; 0 unless given. */
  readonly logLevel?: VerifierLogLevel;
  /** Do everything up to the verifier's verdict, and attach nothing. */
  readonly dryRun?: boolean;
}

/** A filter on an interface. It outlives the process that attached it. */
export class Attachment {
  /** Where it is, and how it is held. */
  readonly description: AttachedFilter;
  /** The verifier's log when {@link AttachOptions.logLevel} asked for one. */
  readonly verifierLog: string;
  /** What the checks warned about, and the C. */
  readonly cprog: Cprog;
  /** Whether the object came out of the cache. */
  readonly cached: boolean;
  /** What replacing took; undefined when nothing of kefir's was there. */
  readonly tier?: ChangeTier;

  /** Takes the parts; use {@link attach}. */
  constructor(parts: Pick<Attachment, "description" | "verifierLog" | "cprog" | "cached" | "tier">) {
    this.description = parts.description;
    this.verifierLog = parts.verifierLog;
    this.cprog = parts.cprog;
    this.cached = parts.cached;
    if (parts.tier !== undefined) this.tier = parts.tier;
  }

  /** Its name, by which `list`, `stats` and `detach` find it. */
  get name(): string {
    return this.description.name;
  }

  /** What its rules have decided. @throws Deno.errors.NotFound when it was detached meanwhile */
  stats(): FilterStats {
    return stats(this.name);
  }

  /** Takes it off. @throws Deno.errors.NotFound when it was detached meanwhile */
  detach(): void {
    detach(this.name);
  }
}

/**
 * Attaches a filter to an interface: checks, C, clang, verifier, maps, and only then the hook. A failure at any step
 * leaves what was there before.
 *
 * @throws FilterError, CompileError, VerifierError as the steps do
 * @throws KernelError EEXIST when the name or the hook is taken
 * @throws UnavailableError without clang, libbpf, the privilege or a BPF file system
 * @throws Deno.errors.NotFound without such an interface
 */
export async function attach(input: FilterInput, options: AttachOptions): Promise<Attachment> {
  const filter = createFilter(input);
  const hook = options.hook ?? "xdp";
  const target = resolveTarget(hook, options);
  // Early, to save the effort; once more under the lock that attaching holds.
  const running = withLock(() => findRunning(target, options));
  // What is asked for now, whatever runs: what is not given is as usual.
  const flags = flagsOf(options);
  // The kernel offloads no program that reads packets in several buffers.
  const frags = isKernelAtLeast(5, 18) && !flags.noLoops && options.mode !== "offload";
  const settings = { frags, counts: true, license: DEFAULT_LICENSE, ...options, ...flags, hook, name: target.name };
  const change = running.swappable &&
    planChangeOf(running.swappable.running, filter, { strategy: "auto", ...settings });
  const cprog = change?.cprog ?? createCprog(filter, settings);
  if (change?.tier === "data" && running.swappable !== undefined) {
    const swapped = swap(running.swappable, cprog, target, options);
    if (swapped !== undefined) return swapped;
  }
  const object = await compileCprog(cprog, options);
  using loaded = loadCprog(cprog, object, {
    ...(options.logLevel !== undefined && { logLevel: options.logLevel }),
    ...(options.mode === "offload" && { offloadIfindex: target.place.ifindex }),
  });
  const description = options.dryRun === true
    ? dryDescription(cprog, target, loaded.program.id)
    : describeDeployment(attachLoaded(loaded, target, options));
  return new Attachment({
    description,
    verifierLog: loaded.object.verifierLog,
    cprog,
    cached: object.cached,
    ...(running.replaces && { tier: object.cached ? "reload" : "compile" }),
  });
}

/** What is where a filter is to go. Under the lock. */
function findRunning(target: AttachmentTarget, options: AttachOptions) {
  const replaces = checkFree(target, options) !== undefined;
  // Who asks for the verifier's log is to get one.
  const isInPlace = replaces && (options.logLevel ?? 0) === 0;
  return { replaces, swappable: isInPlace ? findSwappable(target, options) : undefined };
}

/** Puts other tables into what runs; undefined when that has changed meanwhile. */
function swap(
  running: SwappableProgram,
  cprog: Cprog,
  target: AttachmentTarget,
  options: AttachOptions,
): Attachment | undefined {
  const attachment = (description: AttachedFilter) =>
    new Attachment({ description, verifierLog: "", cprog, cached: false, tier: "data" });
  if (options.dryRun === true) {
    return attachment(dryDescription(cprog, target, running.generation.manifest.programId));
  }
  const deployment = swapAttached(running, cprog, target, options);
  return deployment && attachment(describeDeployment(deployment));
}

function dryDescription(cprog: Cprog, target: AttachmentTarget, programId: number): AttachedFilter {
  const manifest = createManifest(cprog, target, { programId, tablesId: undefined });
  return describeDeployment({
    name: target.name,
    state: "attached",
    generation: { name: target.name, number: 0, manifest },
  });
}

/** {@link attach} for a program that was loaded step by step. */
export function attachLoadedFilter(loaded: LoadedFilter, options: AttachmentOptions): AttachedFilter {
  const hook: HookName = loaded.cprog.hook.name;
  const target = resolveTarget(hook, options);
  return describeDeployment(attachLoaded(loaded, target, options));
}
