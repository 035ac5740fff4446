/**
 * Finds clang and llc by hand: knowing path and age without starting them is what makes a cache hit cheap.
 *
 * @module
 */

import { isAbsolute, join, resolve } from "node:path";
import { UnavailableError } from "../diagnostics/errors.ts";
import { isGranted, readVariable } from "./permission.ts";

/** clang, or llc, which makes objects of the LLVM IR that clang writes. */
export type ToolKind = "clang" | "llc";

/** How to get a tool on Debian and its relatives; with clang the headers that generated programs include. */
export const REMEDIES: Readonly<Record<ToolKind, string>> = {
  clang: "apt-get install -y --no-install-recommends clang libbpf-dev",
  llc: "apt-get install -y --no-install-recommends llvm",
};

/** A tool that can be started. */
export interface Tool {
  /** Which it is. */
  readonly kind: ToolKind;
  /** What to start: an absolute path, or the name as given when this process may not look into `PATH`. */
  readonly path: string;
  /** Changes whenever the tool does: real path, modification time, size. Undefined when they cannot be read. */
  readonly identity: string | undefined;
}

/**
 * Finds an executable named like a shell would: with a slash a path, without one the first match in `PATH`. Relative and
 * empty entries of `PATH` are passed over, so that root never runs a compiler out of the current directory.
 *
 * Without permission to read `PATH` or the directories in it, the name is returned as it is and Deno looks for it.
 *
 * @param name a path or a name, such as `clang` or `clang-16`
 * @throws UnavailableError with missing `clang` or `llc` when there is no such executable
 */
export function findTool(kind: ToolKind, name: string): Tool {
  const isPath = name.includes("/");
  const candidates = isPath ? [name] : searchPath().map((directory) => join(directory, name));
  const maySearch = isPath || isGranted({ name: "env", variable: "PATH" });
  if (!maySearch || !candidates.every((path) => isGranted({ name: "read", path }))) {
    return { kind, path: name, identity: undefined };
  }
  for (const candidate of candidates) {
    const path = resolve(candidate);
    const identity = identify(path);
    if (identity !== undefined) return { kind, path, identity };
  }
  throw toolUnavailable(
    kind,
    name.includes("/") ? `"${name}" is not an executable file` : `"${name}" was not found in PATH`,
  );
}

/** Makes the error for a tool that cannot be used, for the reason given. */
export function toolUnavailable(kind: ToolKind, reason: string, cause?: unknown): UnavailableError {
  const remedy = REMEDIES[kind];
  return new UnavailableError(`Cannot compile C: ${reason} (try: ${remedy})`, {
    missing: kind,
    neededBy: "compiling a program",
    remedy,
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
