/**
 * Where deployments are on the BPF file system:
 *
 *     /sys/fs/bpf/                   locked by whoever reads or changes anything in kefir/
 *       NAME/link                    the attachment; clsact has none
 *       NAME/1/program               a generation: the program, and its maps beside it
 *       NAME/1/manifest              pinned last: a generation without one was never finished
 *       NAME/1/counters, carried     counts since this generation began, and those before it
 *       NAME/2/...                   the next one, while it replaces the first
 *
 * Which generation runs is not written down anywhere: it is the one whose program the kernel says is attached.
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
export const GENERATION_PINS = Object.freeze({ program: "program", manifest: "manifest", carried: "carried" });

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
    if (listPinDirectory(KEFIR_ROOT).length === 0) removePinDirectory(KEFIR_ROOT);
  }
}
