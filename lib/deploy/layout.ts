/**
 * Where deployments are on the BPF file system:
 *
 *     /sys/fs/bpf/kefir/             root's own; locked by whoever reads or changes anything below
 *       NAME/link                    the attachment; clsact has none
 *       NAME/1/kefir_*               a generation: the maps of its program, kefir_counters among them
 *       NAME/1/carried               what was counted before this generation began
 *       NAME/1/rules                 its rules, as written
 *       NAME/1/manifest              pinned last: a generation without one was never finished
 *       NAME/2/...                   the next one, while it replaces the first
 *
 * Which generation runs is not written down anywhere: it is the one whose program the kernel says is attached, and of those
 * with the same program the one whose tables are in it. The program itself is not pinned, so that it is there exactly as long
 * as something runs it.
 *
 * Whatever else is in these directories is someone else's, and stays: kefir removes the pins that it names itself, and
 * directories that are empty. A deployment with a manifest that this version does not read is another version's: nothing in
 * it is touched, and its name is taken.
 *
 * @module
 */

import { KernelError } from "../diagnostics/errors.ts";
import { logOf } from "../diagnostics/log.ts";
import { BPFFS_ROOT, listPinDirectory, makePinDirectory, removePinDirectory, requireBpffs } from "../kernel/bpffs.ts";
import { requireOwnDirectory } from "../kernel/directory_owner.ts";
import { lockDirectory } from "../kernel/lock.ts";

/** The directory of all deployments. */
export const KEFIR_ROOT: string = `${BPFFS_ROOT}/kefir`;

/** What a deployment's name looks like: no dot, which bpffs refuses, no slash. */
export const DEPLOYMENT_NAME: RegExp = /^[A-Za-z0-9_-]{1,63}$/;

/** Pins of a generation that are not maps of the program. */
export const GENERATION_PINS = Object.freeze({ manifest: "manifest", rules: "rules", carried: "carried" });

/** Whether a pin of a generation is kefir's own. */
export function isGenerationPin(name: string): boolean {
  return isMapPin(name) || Object.values<string>(GENERATION_PINS).includes(name);
}

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
 * Runs `body` while no other kefir command looks or changes anything. The lock is on kefir's directory, which only root can
 * open; it is made for that, and goes when it is empty.
 *
 * @throws UnavailableError without a BPF file system or the privilege
 * @throws KernelError EPERM when the directory is somebody else's
 */
export function withLock<Result>(body: () => Result): Result {
  requireBpffs(BPFFS_ROOT);
  log.debug(`waiting for the lock of ${KEFIR_ROOT}`);
  using _lock = lockRoot();
  log.debug(`locked ${KEFIR_ROOT}`);
  try {
    return body();
  } finally {
    log.debug(`unlocking ${KEFIR_ROOT}`);
    removeEmptyDirectory(KEFIR_ROOT);
  }
}

const log = logOf("deploy");

function lockRoot(): Disposable {
  for (;;) {
    makePinDirectory(KEFIR_ROOT);
    try {
      requireOwnDirectory(KEFIR_ROOT);
      const lock = lockDirectory(KEFIR_ROOT);
      if (lock !== undefined) return lock;
    } catch (error) {
      // Another command may have removed the directory meanwhile, as it was empty: then once more.
      if (!(error instanceof KernelError && error.errnoName === "ENOENT")) throw error;
    }
  }
}
