/**
 * Finds clang by hand: knowing its path and age without starting it is what makes a cache hit cheap.
 *
 * @module
 */

import { isAbsolute, join, resolve } from "node:path";
import { UnavailableError } from "../diagnostics/errors.ts";
import { isGranted, readVariable } from "./permission.ts";

/** How to get clang and the headers that generated programs include, on Debian and its relatives. */
export const CLANG_REMEDY = "apt-get install -y --no-install-recommends clang libbpf-dev";

/** A clang that can be started. */
export interface Clang {
  /** What to start: an absolute path, or the name as given when this process may not look into `PATH`. */
  readonly path: string;
  /** Changes whenever the compiler does: real path, modification time, size. Undefined when they cannot be read. */
  readonly identity: string | undefined;
}

/**
 * Finds an executable named like a shell would: with a slash a path, without one the first match in `PATH`. Relative and
 * empty entries of `PATH` are passed over, so that root never runs a compiler out of the current directory.
 *
 * Without permission to read `PATH` or the directories in it, the name is returned as it is and Deno looks for it.
 *
 * @param name a path or a name, such as `clang` or `clang-16`
 * @throws UnavailableError with missing `clang` when there is no such executable
 */
export function findClang(name: string): Clang {
  const isPath = name.includes("/");
  const candidates = isPath ? [name] : searchPath().map((directory) => join(directory, name));
  const maySearch = isPath || isGranted({ name: "env", variable: "PATH" });
  if (!maySearch || !candidates.every((path) => isGranted({ name: "read", path }))) {
    return { path: name, identity: undefined };
  }
  for (const candidate of candidates) {
    const path = resolve(candidate);
    const identity = identify(path);
    if (identity !== undefined) return { path, identity };
  }
  throw clangUnavailable(
    name.includes("/") ? `"${name}" is not an executable file` : `"${name}" was not found in PATH`,
  );
}

/** Makes the error for a clang that cannot be used, for the reason given. */
export function clangUnavailable(reason: string, cause?: unknown): UnavailableError {
  return new UnavailableError(`Cannot compile C: ${reason} (try: ${CLANG_REMEDY})`, {
    missing: "clang",
    neededBy: "compiling a program",
    remedy: CLANG_REMEDY,
    cause,
  });
}

function searchPath(): readonly string[] {
  return (readVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(":").filter(isAbsolute);
}

/** The identity of an executable file, undefined for anything else. */
function identify(path: string): string | undefined {
  try {
    const info = Deno.statSync(path);
    if (!info.isFile || ((info.mode ?? 0) & 0o111) === 0) return undefined;
    return JSON.stringify([Deno.realPathSync(path), info.mtime?.getTime(), info.size]);
  } catch {
    return undefined; // absent, or in a directory that may not be searched: the next one in PATH may do
  }
}
