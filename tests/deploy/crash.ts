/**
 * Death of a process at a system call of choice, without a process: from there on every call of libbpf and libc fails, but
 * for those that the kernel makes for a dead process as well. What cleans up after errors is dead too.
 *
 * @module
 */

import { libbpf } from "../../lib/kernel/ffi/libbpf.ts";
import { libc } from "../../lib/kernel/ffi/libc.ts";

/** What the kernel still does: descriptors are closed, and nobody asks why. */
const AFTER_DEATH = ["close", "closedir", "__errno_location"];

/** What changes something on the host, or waits: dying before any other call is dying before the next one of these. */
const CHANGES =
  /^(bpf_obj_pin|bpf_link_(create|update|detach)|bpf_tc_(attach|detach|hook_create|hook_destroy)|bpf_xdp_detach|bpf_map_(create|update_elem|update_batch)|mkdir|unlink|rmdir|syscall)$/;

class Death extends Error {}

/** How {@link dieAt} ended. */
export interface Life<T> {
  /** Name of the call that was not made, or undefined when there were not that many. */
  readonly diedAt: string | undefined;
  /** What was returned by a body that was not cut short. */
  readonly result: T | undefined;
}

/** Runs `body`, and lets it die instead of making its change number `step`, from 0. */
export function dieAt<T>(step: number, body: () => T): Life<T> {
  let changes = 0;
  let diedAt: string | undefined;
  const before = (name: string): void => {
    if (diedAt !== undefined && !AFTER_DEATH.includes(name)) throw new Death(name);
    if (diedAt === undefined && CHANGES.test(name) && changes++ === step) {
      diedAt = name;
      throw new Death(name);
    }
  };
  const restore = [wrapAll(libbpf(), before), wrapAll(libc(), before)];
  try {
    return { result: body(), diedAt };
  } catch (error) {
    if (diedAt === undefined) throw error;
    return { result: undefined, diedAt };
  } finally {
    for (const one of restore) one();
  }
}

/** The functions of libbpf and libc that `body` calls, in order. */
export function recordCalls(body: () => void): string[] {
  const calls: string[] = [];
  const record = (name: string): void => void calls.push(name);
  const restore = [wrapAll(libbpf(), record), wrapAll(libc(), record)];
  try {
    body();
    return calls;
  } finally {
    for (const one of restore) one();
  }
}

type Functions = Record<string, (...args: unknown[]) => unknown>;

function wrapAll(symbols: object, before: (name: string) => void): () => void {
  const functions = symbols as Functions;
  const originals = { ...functions };
  for (const [name, original] of Object.entries(originals)) {
    functions[name] = (...args) => {
      before(name);
      return original(...args);
    };
  }
  return () => Object.assign(functions, originals);
}
