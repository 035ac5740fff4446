/**
 * Puts a loaded filter on an interface under a name, or in place of the one that is there.
 *
 * @module
 */

import { KernelError } from "../diagnostics/errors.ts";
import { logOf } from "../diagnostics/log.ts";
import { filterQdiscKind } from "../kernel/clsact.ts";
import { currentNetns, findInterface, formatInterface, isEthernet } from "../kernel/interface.ts";
import { type BpfLink, openPinnedLink } from "../kernel/link.ts";
import { openProgramById } from "../kernel/program.ts";
import { attachClsact, attachTcx, isTcxAvailable, queryClsact } from "../kernel/tc.ts";
import { attachXdp, detachForeignXdp, queryXdp, type XdpMode } from "../kernel/xdp.ts";
import type { LoadedFilter } from "../load.ts";
import type { HookName } from "../model/hooks.ts";
import {
  clsactSlot,
  type Deployment,
  readDeployments,
  removeDeployment,
  requireReadable,
  retire,
} from "./deployment.ts";
import { createManifest } from "./create_manifest.ts";
import { takeOff } from "./detach.ts";
import { pinGeneration, removeGeneration } from "./generation.ts";
import { DEPLOYMENT_NAME, linkPath, withLock } from "./layout.ts";
import type { AttachmentKind, AttachmentPlace, Manifest } from "./manifest.ts";
import { type RuleList, ruleListOf } from "./rule_list.ts";

/** Where and how a filter is attached. */
export interface AttachmentOptions {
  /** Name of the interface, or its number (ifindex). A text of digits is a number only where no interface has that name. */
  readonly interface: string | number;
  /** XDP: who runs the program; `native` unless given, and never another without being asked. */
  readonly mode?: XdpMode;
  /** TC: TCX, or the clsact qdisc; TCX where the kernel has it unless given. */
  readonly tc?: "tcx" | "clsact";
  /** Name of the deployment; `INTERFACE-HOOK` unless given. */
  readonly name?: string;
  /** Replace kefir's own filter at this hook, atomically, counts of rules that stay included. */
  readonly replace?: boolean;
  /** XDP: remove a foreign program first. Between the two, packets pass; it does not come back should attaching fail. */
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
 * @throws RangeError for a name or a number that cannot be one, or an option that the hook has not
 * @throws Deno.errors.NotFound without such an interface
 * @throws KernelError EPROTONOSUPPORT when the interface carries no Ethernet header
 */
export function resolveTarget(hook: HookName, options: AttachmentOptions): AttachmentTarget {
  const found = findInterface(options.interface);
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
 * @throws KernelError EEXIST when the name or the hook is taken
 * @throws UnavailableError when another version's deployment has the name
 */
export function checkFree(target: AttachmentTarget, options: AttachmentOptions): Deployment | undefined {
  const { name, place } = target;
  const deployments = readDeployments().filter((one) => one.state !== "gone");
  requireReadable(name);
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
): Deployment {
  const { cprog } = loaded;
  const manifest = createManifest(cprog, target, { programId: loaded.program.id, tablesId: loaded.tablesId });
  const rules = ruleListOf(cprog);
  return withLock(() => {
    const old = checkFree(target, options);
    for (const one of readDeployments()) {
      const isInTheWay = one.name === target.name || isSamePlace(one.generation.manifest, target.place);
      if (one.state === "gone" && isInTheWay) takeOff(one);
    }
    const details = { name: target.name, programId: loaded.program.id };
    if (old !== undefined) {
      const replaced = replace(loaded, { manifest, rules }, old);
      log.info(`replaced "${old.name}" by "${target.name}" at ${describe(target.place)}`, details);
      return replaced;
    }
    const { place } = target;
    if (options.force === true && place.kind === "xdp") {
      const removed = detachForeignXdp(place.ifindex);
      if (removed !== undefined) {
        log.warn(`removed program ${removed.programId} from ${describe(place)}`, { ...removed });
      }
    }
    const records = { manifest: { ...manifest, ...(isQdiscOurs(place) && { createdQdisc: true }) }, rules };
    const attached = attachNew(loaded, records);
    log.info(`attached "${target.name}" to ${describe(place)}`, details);
    return attached;
  });
}

const log = logOf("deploy");

/** What is written down about a deployment. */
interface Records {
  readonly manifest: Manifest;
  readonly rules: RuleList;
}

function attachNew(loaded: LoadedFilter, { manifest, rules }: Records): Deployment {
  const { name } = manifest;
  const generation = pinGeneration(loaded, manifest, rules);
  try {
    if (manifest.kind === "clsact") {
      attachClsact(loaded.program, clsactSlot(manifest));
    } else {
      using link = attachByLink(loaded, manifest);
      link.pin(linkPath(name));
    }
  } catch (error) {
    removeDeployment(name);
    throw error;
  }
  return { name, state: "attached", generation };
}

function replace(loaded: LoadedFilter, { manifest: given, rules }: Records, old: Deployment): Deployment {
  const { name } = given;
  const { createdQdisc, programId: replaces } = old.generation.manifest;
  const manifest = { ...given, replaces, ...(createdQdisc !== undefined && { createdQdisc }) };
  const generation = pinGeneration(loaded, manifest, rules);
  try {
    if (manifest.kind === "clsact") {
      attachClsact(loaded.program, { ...clsactSlot(manifest), replace: true });
    } else {
      using link = openPinnedLink(linkPath(old.name));
      using running = openProgramById(replaces);
      // Under both names while it changes hands: whichever of the two deployments has the program that runs is the one.
      if (name !== old.name) link.pin(linkPath(name));
      link.update(loaded.program, { expected: running });
    }
  } catch (error) {
    if (name === old.name) removeGeneration(name, generation.number);
    else removeDeployment(name);
    throw error;
  }
  retire(old.generation, generation);
  return { name, state: "attached", generation };
}

function attachByLink(loaded: LoadedFilter, place: AttachmentPlace): BpfLink {
  if (place.kind === "xdp") return attachXdp(loaded.program, { ifindex: place.ifindex, mode: place.mode ?? "native" });
  return attachTcx(loaded.program, clsactSlot(place));
}

/**
 * Whether kefir is to remove the clsact qdisc once no filter is in it: when there is none yet, or when it is kefir's
 * already, for the other direction. Known before the qdisc is made, so that the manifest says so when a command is killed.
 */
function isQdiscOurs(place: AttachmentPlace): boolean {
  if (place.kind !== "clsact") return false;
  if (filterQdiscKind(place.ifindex) === undefined) return true;
  return readDeployments().some(({ generation: { manifest } }) =>
    manifest.createdQdisc === true && manifest.netns === place.netns && manifest.ifindex === place.ifindex
  );
}

function isSamePlace(one: AttachmentPlace, other: AttachmentPlace): boolean {
  return one.netns === other.netns && one.ifindex === other.ifindex && one.hook === other.hook;
}

/** A place for a message: `xdp of "eth0" (ifindex 2)`. */
function describe(place: AttachmentPlace): string {
  const where = place.netns === currentNetns() ? "" : " in another network namespace";
  return `${place.hook} of "${place.interface}" (ifindex ${place.ifindex})${where}`;
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
