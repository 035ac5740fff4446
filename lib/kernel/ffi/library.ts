/**
 * Opens shared libraries, and says what to do where that fails.
 *
 * @module
 */

import { UnavailableError } from "../../diagnostics/errors.ts";

/** What the errors of {@link openLibrary} say about a library. */
export interface LibraryNeed {
  /** What stops working without it. */
  readonly neededBy: string;
  /** How to get it, such as a package manager's command line. */
  readonly remedy: string;
}

/**
 * Opens a shared library by its soname and binds `symbols`, for the life of the process.
 *
 * @throws UnavailableError when Deno lacks `--allow-ffi`, the library is not there, or it is too old for a symbol
 */
export function openLibrary<const S extends Deno.ForeignLibraryInterface>(
  soname: string,
  symbols: S,
  need: LibraryNeed,
): Deno.DynamicLibrary<S>["symbols"] {
  if (Deno.build.os !== "linux") {
    throw new UnavailableError(`Cannot open "${soname}": eBPF exists on Linux, this is ${Deno.build.os}`, {
      missing: "Linux",
      neededBy: need.neededBy,
      remedy: "run kefir on Linux",
    });
  }
  try {
    return Deno.dlopen(soname, symbols).symbols;
  } catch (cause) {
    throw explain(soname, need, cause);
  }
}

function explain(soname: string, need: LibraryNeed, cause: unknown): UnavailableError {
  const { neededBy, remedy } = need;
  if (cause instanceof Deno.errors.NotCapable) {
    return new UnavailableError(`Cannot open "${soname}": ${neededBy} needs the permission --allow-ffi`, {
      missing: "permission",
      neededBy,
      remedy: "deno run --allow-ffi, or -A",
      cause,
    });
  }
  const text = cause instanceof Error ? cause.message : String(cause);
  const symbol = /^Failed to register symbol (\w+)/.exec(text)?.[1];
  const reason = symbol === undefined
    ? `the library is not there, ${neededBy} needs it`
    : `the library is too old, it lacks ${symbol}, which ${neededBy} needs`;
  return new UnavailableError(`Cannot open "${soname}": ${reason} (${remedy})`, {
    missing: soname.replace(/\.so.*/, ""),
    neededBy,
    remedy,
    cause,
  });
}
