/**
 * Deployments: named filters on this host, as the kernel has them, and what is left of commands that were killed.
 *
 * @module
 */

import { KernelError, UnavailableError } from "../diagnostics/errors.ts";
import { logOf } from "../diagnostics/log.ts";
import { listPinDirectory, removePin } from "../kernel/bpffs.ts";
import { currentNetns, interfaceName } from "../kernel/interface.ts";
import { type LinkInfo, openPinnedLink } from "../kernel/link.ts";
import { openProgramById } from "../kernel/program.ts";
import { waitForReaders } from "../kernel/readers.ts";
import { type ClsactSlot, detachClsact, queryClsact } from "../kernel/tc.ts";
import { VERSION } from "../version.ts";
import { carryCounters } from "./carry.ts";
import {
  findLiving,
  type Generation,
  type GenerationDirectory,
  readGenerations,
  removeGeneration,
} from "./generation.ts";
import { DEPLOYMENT_NAME, deploymentPath, KEFIR_ROOT, linkPath, removeEmptyDirectory } from "./layout.ts";
import type { AttachmentPlace } from "./manifest.ts";

/**
 * `attached`: packets go through it. `gone`: its interface, its namespace or the link was removed by someone else.
 * `elsewhere`: it is held by a clsact qdisc of another network namespace, where only commands in there can look. (A clsact
 * filter that someone removed leaves what a command leaves that was killed before it attached: no deployment.)
 */
export type DeploymentState = "attached" | "gone" | "elsewhere";

const log = logOf("deploy");

/** A deployment. */
export interface Deployment {
  readonly name: string;
  readonly state: DeploymentState;
  /** The one whose program is attached, or the newest one when none is. */
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
 * Every deployment of this host that this version can read, by name. Clears what a command that was killed left behind:
 * generations that do not run, and counts that were not carried over. Under the lock.
 */
export function readDeployments(): readonly Deployment[] {
  const directories = listPinDirectory(KEFIR_ROOT)
    .filter((entry) => entry.isDirectory && DEPLOYMENT_NAME.test(entry.name))
    .map((entry) => readDirectory(entry.name))
    .filter((directory) => directory.unreadable === undefined);
  const found = directories.flatMap((directory) => findRunning(directory) ?? []);
  const running = found.filter((one) => !found.some((other) => isSupersededBy(one, other)));
  const here = directories.filter(isHere);
  // First the counts, then what they were in.
  for (const one of running) settle(one, here);
  for (const { name } of here) {
    if (running.some((one) => one.name === name)) continue;
    log.warn(`clearing what a command left of "${name}"`, { name });
    removeDeployment(name);
  }
  return running.map(({ name, state, generation }) => ({ name, state, generation }));
}

/** The deployment of that name, or undefined; clears leftovers as {@link readDeployments} does. Under the lock. */
export function readDeployment(name: string): Deployment | undefined {
  return readDeployments().find((one) => one.name === name);
}

/**
 * Makes sure that a name is free or a deployment's that this version can read.
 *
 * @throws UnavailableError for what another version made, or someone else
 */
export function requireReadable(name: string): void {
  const entry = listPinDirectory(KEFIR_ROOT).find((one) => one.name === name);
  if (entry === undefined) return;
  const unreadable = entry.isDirectory ? readDirectory(name).unreadable : "it is not a directory";
  if (unreadable === undefined) return;
  const remedy = `use the version of kefir that made it, or remove ${deploymentPath(name)} with what is in it`;
  throw new UnavailableError(`Cannot read the deployment "${name}": ${unreadable} (${remedy})`, {
    missing: `a deployment that kefir ${VERSION} reads`,
    neededBy: `the name "${name}"`,
    remedy,
  });
}

/** Carries the counts of a generation that was replaced over to the one that runs, and removes it. */
export function retire(old: Generation, running: Generation): void {
  // A CPU may still be in the old program, and count.
  waitForReaders();
  carryCounters(old, running);
  if (old.name === running.name) removeGeneration(old.name, old.number);
  else removeDeployment(old.name);
}

/** Removes every pin of a deployment; what its link held stays attached while something else holds the link. */
export function removeDeployment(name: string): void {
  // The link first: a link beside no finished generation is not kefir's.
  if (listPinDirectory(deploymentPath(name)).some(isLinkPin)) removePin(linkPath(name));
  for (const { number } of readGenerations(name)) removeGeneration(name, number);
  removeEmptyDirectory(deploymentPath(name));
}

/** What the directory of a deployment holds. */
interface Directory {
  readonly name: string;
  readonly link?: LinkInfo;
  /** In ascending order. */
  readonly generations: readonly Generation[];
  readonly unfinished: readonly number[];
  /** Why it is not this version's to touch. */
  readonly unreadable?: string;
}

/** A deployment, and whether the kernel was seen to have its generation attached: else it is only the newest. */
interface Candidate extends Deployment {
  readonly isCertain: boolean;
}

function readDirectory(name: string): Directory {
  const all = readGenerations(name);
  const generations = all.flatMap((one) => one.generation ?? []);
  const unfinished = all.filter((one) => one.generation === undefined).map((one) => one.number);
  const { link, unreadable } = readLink(name, generations);
  const reason = firstUnreadable(all) ?? unreadable;
  return {
    name,
    generations,
    unfinished,
    ...(link !== undefined && { link }),
    ...(reason !== undefined && { unreadable: reason }),
  };
}

function readLink(name: string, generations: readonly Generation[]): { link?: LinkInfo; unreadable?: string } {
  if (!listPinDirectory(deploymentPath(name)).some(isLinkPin)) return {};
  // Pinned after the generation and removed before it.
  if (generations.length === 0) return { unreadable: "it has a link, but no generation" };
  try {
    using link = openPinnedLink(linkPath(name));
    return { link: link.info() };
  } catch (error) {
    if (error instanceof KernelError) return { unreadable: error.message };
    throw error;
  }
}

function firstUnreadable(all: readonly GenerationDirectory[]): string | undefined {
  for (const one of all) {
    if (one.generation === undefined && one.unreadable !== undefined) {
      return `generation ${one.number}: ${one.unreadable}`;
    }
  }
  return undefined;
}

function isLinkPin(entry: { readonly name: string; readonly isDirectory: boolean }): boolean {
  return entry.name === "link" && !entry.isDirectory;
}

/** The generation whose program the kernel says is attached; undefined when none ever was. */
function findRunning({ name, link, generations }: Directory): Candidate | undefined {
  const newest = generations.at(-1);
  if (newest === undefined) return undefined;
  const gone: Candidate = { name, state: "gone", generation: newest, isCertain: false };
  if (newest.manifest.kind === "clsact") return findInClsact(generations, gone);
  if (link === undefined) return undefined;
  const generation = findLiving(generations, link.programId);
  if (generation === undefined) return gone;
  return { name, state: link.ifindex === 0 ? "gone" : "attached", generation, isCertain: true };
}

function findInClsact(generations: readonly Generation[], gone: Candidate): Candidate | undefined {
  const { manifest } = gone.generation;
  if (manifest.netns !== currentNetns()) {
    const newestAlive = generations.findLast((one) => isAlive(one.manifest.programId));
    const alive = findLiving(generations, newestAlive?.manifest.programId);
    return alive === undefined ? gone : { ...gone, state: "elsewhere", generation: alive, isCertain: true };
  }
  if (interfaceName(manifest.ifindex) === undefined) return gone;
  const slot = clsactSlot(manifest);
  const attached = queryClsact(slot);
  const generation = findLiving(generations, attached);
  if (generation !== undefined) return { ...gone, state: "attached", generation, isCertain: true };
  // Cut short before there was a filter, or after: the qdisc may be left.
  if (attached === undefined && manifest.createdQdisc === true) detachClsact(slot, { removeQdisc: true });
  return undefined;
}

/** Whether the program is there: nothing but its attachment, or the command that attaches it, holds it. */
function isAlive(programId: number): boolean {
  try {
    using _program = openProgramById(programId);
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.errnoName === "ENOENT") return false;
    throw error;
  }
}

/** Whether `one` is the half that does not run of a replacement under another name that was cut short. */
function isSupersededBy(one: Candidate, other: Candidate): boolean {
  if (isReplacementOf(other.generation, one.generation)) return other.isCertain || !one.isCertain;
  return isReplacementOf(one.generation, other.generation) && other.isCertain && !one.isCertain;
}

function isReplacementOf(one: Generation, other: Generation): boolean {
  return one.manifest.replaces === other.manifest.programId;
}

/** Whether what is in a directory can be seen to run or not: a clsact qdisc is seen in its own network namespace only. */
function isHere({ generations }: Directory): boolean {
  const manifest = generations.at(-1)?.manifest;
  return manifest?.kind !== "clsact" || manifest.netns === currentNetns();
}

/** Finishes what was begun: carries the counts over that were not yet, and removes what does not run. */
function settle({ name, generation: running }: Deployment, directories: readonly Directory[]): void {
  for (const directory of directories) {
    for (const one of directory.generations) if (isReplacementOf(running, one)) retire(one, running);
    if (directory.name !== name) continue;
    const rest = [...directory.unfinished, ...directory.generations.map((one) => one.number)];
    for (const number of rest) {
      if (number === running.number) continue;
      log.warn(`clearing generation ${number} of "${name}", which does not run`, { name, number });
      removeGeneration(name, number);
    }
  }
}
