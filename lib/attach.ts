/**
 * From a filter to packets being dropped, in one call.
 *
 * @module
 */

import { createHash } from "node:crypto";
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
import type { Manifest } from "./deploy/manifest.ts";
import { type AttachedFilter, describeDeployment } from "./deploy/description.ts";
import { type FilterStats, stats } from "./deploy/stats.ts";
import { isKernelAtLeast } from "./kernel/kernel_version.ts";
import { loadCprog, type LoadedFilter } from "./load.ts";
import type { Filter } from "./model/filter.ts";
import type { HookName } from "./model/hooks.ts";
import { printFilter } from "./syntax/print.ts";
import { compileC, type CompileOptions } from "./toolchain/compile.ts";
import { VERSION } from "./version.ts";

/** Where and how a filter is attached, and how it gets there. */
export interface AttachOptions extends AttachmentOptions, Omit<CprogOptions, "name">, CompileOptions {
  /** What the verifier writes when it accepts; 0 unless given. */
  readonly logLevel?: 0 | 1 | 2;
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

  /** Takes the parts; use {@link attach}. */
  constructor(parts: Pick<Attachment, "description" | "verifierLog" | "cprog" | "cached">) {
    this.description = parts.description;
    this.verifierLog = parts.verifierLog;
    this.cprog = parts.cprog;
    this.cached = parts.cached;
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
export async function attach(filter: Filter, options: AttachOptions): Promise<Attachment> {
  const hook = options.hook ?? "xdp";
  const target = resolveTarget(hook, options);
  // Early, to save the effort; once more under the lock that attaching holds.
  withLock(() => checkFree(target, options));
  const cprog = createCprog(filter, { frags: isKernelAtLeast(5, 18), ...options, hook, name: target.name });
  const object = await compileC(cprog.text, options);
  using loaded = loadCprog(cprog, object, {
    ...(options.logLevel !== undefined && { logLevel: options.logLevel }),
    ...(options.mode === "offload" && { offloadIfindex: target.place.ifindex }),
  });
  const manifest = createManifest(loaded, target);
  const description = options.dryRun === true
    ? dryDescription(manifest)
    : describeDeployment(attachLoaded(loaded, target, options, manifest));
  return new Attachment({ description, verifierLog: loaded.object.verifierLog, cprog, cached: object.cached });
}

function createManifest(loaded: LoadedFilter, { name, place }: AttachmentTarget): Manifest {
  const { filter, plan } = loaded.cprog;
  return {
    ...place,
    name,
    programId: loaded.program.id,
    strategy: plan.strategy,
    version: VERSION,
    hash: createHash("sha256").update(printFilter(filter, "json")).digest("hex"),
    attachedAt: new Date().toISOString(),
    filter,
    counters: plan.counters,
  };
}

function dryDescription(manifest: Manifest): AttachedFilter {
  const generation = { name: manifest.name, number: 0, manifest };
  return describeDeployment({ name: manifest.name, state: "attached", generation });
}

/** {@link attach} for a program that was loaded step by step. */
export function attachLoadedFilter(loaded: LoadedFilter, options: AttachmentOptions): AttachedFilter {
  const hook: HookName = loaded.cprog.hook.name;
  const target = resolveTarget(hook, options);
  return describeDeployment(attachLoaded(loaded, target, options, createManifest(loaded, target)));
}
