/**
 * The gate that every return code passes: above it there are numbers, below it there are errors that say what to do.
 *
 * @module
 */

import { KernelError, UnavailableError } from "../diagnostics/errors.ts";
import { isLogged, logOf } from "../diagnostics/log.ts";
import { errnoName, extraErrnoText } from "./errno.ts";
import { libc } from "./ffi/libc.ts";
import { readForeignString } from "./ffi/memory.ts";
import { missingCapabilities } from "./privilege.ts";

/** What was asked of the kernel. The message reads `Cannot ACTION TARGET: OPERATION returned ERRNO, HINT`. */
export interface KernelCall {
  /** The libbpf function or system call, such as `bpf_link_create`. */
  readonly operation: string;
  /** What it does, such as `attach "web" to`. */
  readonly action: string;
  /** What it does that to, such as `"eth0" (ifindex 2)`. */
  readonly target: string;
  /** By errno name: what that errno means here, and what to do about it. */
  readonly hints?: Readonly<Record<string, string>>;
  /** What libbpf said meanwhile; the first message stands in for a hint. */
  readonly messages?: readonly string[];
}

const log = logOf("kernel");

/**
 * Gives back a return code from 0 on.
 *
 * @throws UnavailableError for EPERM and EACCES when the process lacks CAP_BPF or CAP_NET_ADMIN
 * @throws KernelError for any other negative code, which is -errno
 */
export function checkReturn(returned: number, call: KernelCall): number {
  if (returned < 0) throw kernelError(-returned, call);
  if (isLogged("debug")) log.debug(`${call.operation}: ${call.action} ${call.target}`, { ...call, returned });
  return returned;
}

/** The error for a positive error number. */
export function kernelError(errno: number, call: KernelCall): KernelError | UnavailableError {
  const name = errnoName(errno);
  log.debug(`${call.operation}: ${call.action} ${call.target}, ${name}`, { ...call, errno });
  const what = `Cannot ${call.action} ${call.target}: ${call.operation} returned ${name}`;
  const missing = name === "EPERM" || name === "EACCES" ? missingCapabilities() : [];
  if (missing.length > 0) {
    return new UnavailableError(`${what}, this process lacks ${missing.join(" and ")} (run it as root)`, {
      missing: "privilege",
      neededBy: `${call.action} ${call.target}`,
      remedy: `run as root, or give the process ${missing.join(" and ")}`,
    });
  }
  const hint = call.hints?.[name] ?? call.messages?.find((message) => !RETRIES.test(message));
  return new KernelError(`${what}, ${hint ?? errnoText(errno)}`, {
    operation: call.operation,
    errno,
    errnoName: name,
    target: call.target,
    ...(hint === undefined ? {} : { hint }),
  });
}

// libbpf announces its second attempts, and then says what came of them.
const RETRIES = /Retrying without|^Error in bpf_create_map_xattr/;

function errnoText(errno: number): string {
  // strerror's text belongs to libc; it is copied before anything else runs.
  const text = extraErrnoText(errno) ?? readForeignString(libc().strerror(errno));
  return text.charAt(0).toLowerCase() + text.slice(1);
}
