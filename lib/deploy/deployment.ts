/**
 * Deployments: named filters on this host, as the kernel has them.
 *
 * @module
 */

import { listPinDirectory, removePin, removePinDirectory } from "../kernel/bpffs.ts";
import { currentNetns, interfaceName } from "../kernel/interface.ts";
import { openPinnedLink } from "../kernel/link.ts";
import { waitForReaders } from "../kernel/readers.ts";
import { type ClsactSlot, queryClsact } from "../kernel/tc.ts";
import { carryCounters } from "./carry.ts";
import { type Generation, readGenerations, removeGeneration } from "./generation.ts";
import { deploymentPath, KEFIR_ROOT, linkPath } from "./layout.ts";
import type { AttachmentPlace } from "./manifest.ts";

/**
 * `attached`: packets go through it. `gone`: its interface, or the attachment, was removed by someone else.
 * `elsewhere`: it is held by a clsact qdisc of another network namespace, where only commands in there can look.
 */
export type DeploymentState = "attached" | "gone" | "elsewhere";

/** A deployment. */
export interface Deployment {
  readonly name: string;
  readonly state: DeploymentState;
  readonly generation: Generation;
}

/** The filter of clsact that is kefir's: a number that nobody picks by chance ("kefr"), before all other filters. */
const CLSACT_HANDLE = 0x6b656672;
const CLSACT_PRIORITY = 1;

/** Where kefir's filter is in the clsact qdisc of a place. */
export function clsactSlot(place: AttachmentPlace): ClsactSlot {
  const direction = place.hook === "tc-egress" ? "egress" : "ingress";
  return { ifindex: place.ifindex, direction, handle: CLSACT_HANDLE, priority: CLSACT_PRIORITY };
}

/**
 * Every deployment of this host, by name. Clears what a command that was killed left behind: generations that do not run,
 * and counts that were not carried over. Under the lock.
 */
export function readDeployments(): readonly Deployment[] {
  return listPinDirectory(KEFIR_ROOT)
    .filter((entry) => entry.isDirectory)
    .flatMap((entry) => readDeployment(entry.name) ?? []);
}

/** The deployment of that name, or undefined; clears leftovers as {@link readDeployments} does. Under the lock. */
export function readDeployment(name: string): Deployment | undefined {
  const found = readGenerations(name);
  const running = findRunning(name, found.flatMap((one) => one.generation ?? []));
  if (running === undefined) {
    removeDeployment(name);
    return undefined;
  }
  if (running.state === "elsewhere") return running;
  for (const { number, generation } of found) {
    if (number === running.generation.number) continue;
    if (generation !== undefined && number < running.generation.number) retire(generation, running.generation);
    else removeGeneration(name, number);
  }
  return running;
}

/** Carries the counts of a generation that was replaced over to the one that runs, and removes it. */
export function retire(old: Generation, running: Generation): void {
  // A CPU may still be in the old program, and count.
  waitForReaders();
  carryCounters(old, running);
  removeGeneration(old.name, old.number);
}

/** Removes every pin of a deployment; what the link held is detached with its last pin. */
export function removeDeployment(name: string): void {
  removePin(linkPath(name));
  for (const { number } of readGenerations(name)) removeGeneration(name, number);
  removePinDirectory(deploymentPath(name));
}

/** The generation whose program the kernel says is attached; undefined when nothing is. */
function findRunning(name: string, generations: readonly Generation[]): Deployment | undefined {
  const newest = generations.at(-1);
  if (newest === undefined) return undefined;
  const { kind, netns, ifindex } = newest.manifest;
  const byProgram = (id: number | undefined) => generations.find((one) => one.programId === id);
  if (kind !== "clsact") {
    if (!listPinDirectory(deploymentPath(name)).some((entry) => entry.name === "link")) return undefined;
    using link = openPinnedLink(linkPath(name));
    const info = link.info();
    const generation = byProgram(info.programId);
    if (generation === undefined) return { name, state: "gone", generation: newest };
    return { name, state: info.ifindex === 0 ? "gone" : "attached", generation };
  }
  if (netns !== currentNetns()) return { name, state: "elsewhere", generation: newest };
  if (interfaceName(ifindex) === undefined) return { name, state: "gone", generation: newest };
  const generation = byProgram(queryClsact(clsactSlot(newest.manifest)));
  return generation && { name, state: "attached", generation };
}
