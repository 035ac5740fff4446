/**
 * Where deployments are on the BPF file system:
 *
 *     /sys/fs/bpf/                   locked by whoever reads or changes anything in kefir/
 *       kefir/NAME/link              the attachment; clsact has none
 *       kefir/NAME/1/kefir_*         a generation: the maps of its program, kefir_counters among them
 *       kefir/NAME/1/carried         what was counted before this generation began
 *       kefir/NAME/1/manifest        pinned last: a generation without one was never finished
 *       kefir/NAME/2/...             the next one, while it replaces the first
 *
 * Which generation runs is not written down anywhere: it is the one whose program the kernel says is attached. The program
 * itself is not pinned, so that it is there exactly as long as something runs it.
 *
 * Whatever else is in these directories is someone else's, and stays: kefir removes the pins that it names itself, and
 * directories that are empty. A deployment with a manifest that this version does not read is another version's: nothing in
 * it is touched, and its name is taken.
 *
 * @module
 */

import { BPFFS_ROOT, listPinDirectory, removePinDirectory, requireBpffs } from "../kernel/bpffs.ts";
import { lockDirectory } from "../kernel/lock.ts";

/** The directory of all deployments. */
export const KEFIR_ROOT: string = `${BPFFS_ROOT}/kefir`;

/** What a deployment's name looks like: no dot, which bpffs refuses, no slash. */
export const DEPLOYMENT_NAME: RegExp = /^[A-Za-z0-9_-]{1,63}$/;

/** Pins of a generation that are not maps of the program. */
export const GENERATION_PINS = Object.freeze({ manifest: "manifest", carried: "carried" });

/** Whether the maps of a program have names like that, and so their pins. */
export function isMapPin(name: string): boolean {
  return name.startsWith("kefir_");
}

/** The directory of a deployment. */
export function deploymentPath(name: string): string {
  return `${KEFIR_ROOT}/${name}`;
}

/** The pin of its attachment. */
export function linkPath(name: string): string {
  return `${deploymentPath(name)}/link`;
}

/** The directory of one of its generations, from 1. */
export function generationPath(name: string, generation: number): string {
  return `${deploymentPath(name)}/${generation}`;
}

/** Removes a directory unless something is in it. */
export function removeEmptyDirectory(path: string): void {
  if (listPinDirectory(path).length === 0) removePinDirectory(path);
}

/**
 * Runs `body` while no other kefir command looks or changes anything. The lock is on the file system's root, so that the
 * directory of deployments can go when it is empty.
 *
 * @throws UnavailableError without a BPF file system or the privilege
 */
export function withLock<Result>(body: () => Result): Result {
  requireBpffs(BPFFS_ROOT);
  using _lock = lockDirectory(BPFFS_ROOT);
  try {
    return body();
  } finally {
    removeEmptyDirectory(KEFIR_ROOT);
  }
}
