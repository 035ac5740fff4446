/**
 * Puts a loaded filter on an interface under a name, or in place of the one that is there.
 *
 * @module
 */

import { KernelError } from "../diagnostics/errors.ts";
import { currentNetns, formatInterface, interfaceByName, isEthernet } from "../kernel/interface.ts";
import { type BpfLink, openPinnedLink } from "../kernel/link.ts";
import { openPinnedProgram } from "../kernel/program.ts";
import { attachClsact, attachTcx, isTcxAvailable, queryClsact } from "../kernel/tc.ts";
import { attachXdp, detachForeignXdp, queryXdp, type XdpMode } from "../kernel/xdp.ts";
import type { LoadedFilter } from "../load.ts";
import type { HookName } from "../model/hooks.ts";
import { clsactSlot, type Deployment, readDeployments, removeDeployment, retire } from "./deployment.ts";
import { type Generation, openManifest, pinGeneration, removeGeneration } from "./generation.ts";
import { DEPLOYMENT_NAME, GENERATION_PINS, generationPath, linkPath, withLock } from "./layout.ts";
import { type AttachmentKind, type AttachmentPlace, type Manifest, rewriteManifest } from "./manifest.ts";

/** Where and how a filter is attached. */
export interface AttachmentOptions {
  /** Name of the interface. */
  readonly interface: string;
  /** XDP: who runs the program; `native` unless given, and never another without being asked. */
  readonly mode?: XdpMode;
  /** TC: TCX, or the clsact qdisc; TCX where the kernel has it unless given. */
  readonly tc?: "tcx" | "clsact";
  /** Name of the deployment; `INTERFACE-HOOK` unless given. */
  readonly name?: string;
  /** Replace kefir's own filter at this hook, atomically, counts of rules that stay included. */
  readonly replace?: boolean;
  /** XDP: remove a foreign program first. Between the two, packets pass. */
  readonly force?: boolean;
}

/** Where a filter would go, checked before anything is compiled. */
export interface AttachmentTarget {
  readonly name: string;
  readonly place: AttachmentPlace;
}

/**
 * Resolves the options of an attachment.
 *
 * @throws RangeError for a name that cannot be one, or an option that the hook has not
 * @throws Deno.errors.NotFound without such an interface
 * @throws KernelError EPROTONOSUPPORT when the interface carries no Ethernet header
 */
export function resolveTarget(hook: HookName, options: AttachmentOptions): AttachmentTarget {
  const found = interfaceByName(options.interface);
  const name = options.name ?? `${found.name}-${hook}`.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  if (!DEPLOYMENT_NAME.test(name)) {
    throw new RangeError(`Cannot use the name ${JSON.stringify(name)}: names are 1 to 63 of A-Z a-z 0-9 _ -`);
  }
  if (hook === "xdp" && options.tc !== undefined) {
    throw new RangeError(`Cannot use "${options.tc}" at xdp: it is for tc`);
  }
  if (hook !== "xdp" && options.mode !== undefined) {
    throw new RangeError(`Cannot use the mode "${options.mode}" at ${hook}: modes are for xdp`);
  }
  if (!isEthernet(found)) {
    throw refusal("attach to", formatInterface(found.ifindex), {
      errno: 93,
      errnoName: "EPROTONOSUPPORT",
      why: `its frames have no Ethernet header (hardware type ${found.hardwareType})`,
    });
  }
  const kind: AttachmentKind = hook === "xdp" ? "xdp" : options.tc ?? (isTcxAvailable() ? "tcx" : "clsact");
  return {
    name,
    place: {
      interface: found.name,
      ifindex: found.ifindex,
      netns: currentNetns(),
      hook,
      kind,
      ...(kind === "xdp" && { mode: options.mode ?? "native" }),
    },
  };
}

/**
 * Refuses what {@link attachLoaded} would refuse because of what is there: to be called before the effort of compiling,
 * and again under the same lock as the attachment.
 *
 * @returns the deployment that would be replaced
 */
export function checkFree(target: AttachmentTarget, options: AttachmentOptions): Deployment | undefined {
  const { name, place } = target;
  const deployments = readDeployments().filter((one) => one.state !== "gone");
  const named = deployments.find((one) => one.name === name);
  const hooked = deployments.find((one) => isSamePlace(one.generation.manifest, place));
  if (named !== undefined && named !== hooked) {
    throw taken(name, `it is on ${describe(named.generation.manifest)}`, `detach "${name}" first, or use another name`);
  }
  if (hooked !== undefined && options.replace !== true) {
    throw taken(name, `"${hooked.name}" is on ${describe(place)}`, "use --replace, or detach it first");
  }
  if (hooked !== undefined) {
    const { kind, mode } = hooked.generation.manifest;
    if (kind === place.kind && mode === place.mode) return hooked;
    const how = `${kind}${mode === undefined ? "" : ` ${mode}`}`;
    throw taken(name, `"${hooked.name}" is attached by ${how}, which cannot change atomically`, "detach it first");
  }
  if (place.kind === "xdp" && options.force !== true) {
    const foreign = queryXdp(place.ifindex);
    if (foreign !== undefined) {
      const what = `another XDP program (id ${foreign.programId}, ${foreign.mode}) is attached`;
      throw taken(name, what, "--force removes it, which lets packets pass for a moment");
    }
  }
  if (place.kind === "clsact") {
    const foreign = queryClsact(clsactSlot(place));
    if (foreign !== undefined) {
      throw taken(name, `program ${foreign} is at kefir's place in clsact`, "remove it with tc(8)");
    }
  }
  return undefined;
}

/**
 * Attaches a loaded filter, or puts it in place of the one that is there. After a failure at any step, what was there
 * before is there still, and no pin is left.
 *
 * @throws KernelError EEXIST when the name or the hook is taken
 */
export function attachLoaded(
  loaded: LoadedFilter,
  target: AttachmentTarget,
  options: AttachmentOptions,
  manifest: Manifest,
): Deployment {
  return withLock(() => {
    const old = checkFree(target, options);
    for (const gone of readDeployments()) {
      if (gone.state === "gone" && (gone.name === target.name || isSamePlace(gone.generation.manifest, target.place))) {
        removeDeployment(gone.name);
      }
    }
    if (old !== undefined) return replace(loaded, target, manifest, old);
    if (options.force === true && target.place.kind === "xdp") detachForeignXdp(target.place.ifindex);
    return attachNew(loaded, target, manifest);
  });
}

function attachNew(loaded: LoadedFilter, { name, place }: AttachmentTarget, manifest: Manifest): Deployment {
  const generation = pinGeneration(loaded, manifest, 1);
  try {
    if (place.kind === "clsact") {
      const { createdQdisc } = attachClsact(loaded.program, clsactSlot(place));
      if (createdQdisc) noteQdisc(generation);
    } else {
      using link = attachByLink(loaded, place);
      link.pin(linkPath(name));
    }
  } catch (error) {
    removeDeployment(name);
    throw error;
  }
  return { name, state: "attached", generation };
}

function replace(
  loaded: LoadedFilter,
  { name, place }: AttachmentTarget,
  given: Manifest,
  old: Deployment,
): Deployment {
  const before = old.generation;
  const createdQdisc = before.manifest.createdQdisc;
  const manifest = { ...given, ...(createdQdisc !== undefined && { createdQdisc }) };
  // Under another name, generations start anew; under the same one, the number says which is the newer.
  const generation = pinGeneration(loaded, manifest, name === old.name ? before.number + 1 : 1);
  try {
    if (place.kind === "clsact") {
      attachClsact(loaded.program, { ...clsactSlot(place), replace: true });
    } else {
      using link = openPinnedLink(linkPath(old.name));
      using running = openPinnedProgram(`${generationPath(old.name, before.number)}/${GENERATION_PINS.program}`);
      if (name !== old.name) link.pin(linkPath(name));
      link.update(loaded.program, { expected: running });
    }
  } catch (error) {
    if (name === old.name) removeGeneration(name, generation.number);
    else removeDeployment(name);
    throw error;
  }
  retire(before, generation);
  if (name !== old.name) removeDeployment(old.name);
  return { name, state: "attached", generation };
}

function attachByLink(loaded: LoadedFilter, place: AttachmentPlace): BpfLink {
  if (place.kind === "xdp") return attachXdp(loaded.program, { ifindex: place.ifindex, mode: place.mode ?? "native" });
  return attachTcx(loaded.program, clsactSlot(place));
}

function noteQdisc(generation: Generation): void {
  using map = openManifest(generation);
  rewriteManifest(map, { ...generation.manifest, createdQdisc: true });
}

function isSamePlace(one: AttachmentPlace, other: AttachmentPlace): boolean {
  return one.netns === other.netns && one.ifindex === other.ifindex && one.hook === other.hook;
}

/** A place for a message: `xdp of "eth0" (ifindex 2)`. */
function describe(place: AttachmentPlace): string {
  return `${place.hook} of "${place.interface}" (ifindex ${place.ifindex})`;
}

function taken(name: string, what: string, hint: string): KernelError {
  return refusal("attach", `"${name}"`, { errno: 17, errnoName: "EEXIST", why: what, hint });
}

function refusal(
  action: string,
  target: string,
  details: { readonly errno: number; readonly errnoName: string; readonly why: string; readonly hint?: string },
): KernelError {
  const { errno, errnoName, why, hint } = details;
  return new KernelError(`Cannot ${action} ${target}: ${why}${hint === undefined ? "" : ` (${hint})`}`, {
    operation: "attach",
    errno,
    errnoName,
    target,
    ...(hint !== undefined && { hint }),
  });
}
