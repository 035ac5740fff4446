/**
 * What libbpf has to say besides its return codes: often the only place that names the map or section at fault.
 *
 * @module
 */

import { isLogged, logOf } from "../../diagnostics/log.ts";
import { libbpf } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { readCString } from "./memory.ts";

const PRINT = { parameters: ["i32", "pointer", "pointer"], result: "i32" } as const;
/** `enum libbpf_print_level` (bpf/libbpf.h), as the log has it. */
const LEVELS = ["warn", "info", "debug"] as const;

// Lives as long as the process: libbpf must never be left with a function that is gone.
let printer: Deno.UnsafeCallback<typeof PRINT> | undefined;
let messages: { readonly level: (typeof LEVELS)[number]; readonly text: string }[] = [];

const log = logOf("kernel");

/** What a call returned, and what libbpf warned of. */
export interface CollectedCall<T> {
  /** The call's own result. */
  readonly result: T;
  /** The warnings, without their `libbpf: ` prefix. */
  readonly messages: readonly string[];
}

/**
 * Runs a call that gives -errno when it fails, and then runs it once more for what libbpf has to say: the call must be
 * one that may be repeated. A call that succeeds involves no callback, unless somebody is told what libbpf says.
 */
export function explainFailure<T>(call: () => T): CollectedCall<T> {
  if (isLogged("debug")) return collectMessages(call);
  const result = call();
  return typeof result === "number" && result < 0 ? collectMessages(call) : { result, messages: [] };
}

/**
 * Runs a call, and collects the warnings that libbpf would have written to standard error; what it says besides goes into the
 * log. Outside of this libbpf is silent.
 */
export function collectMessages<T>(call: () => T): CollectedCall<T> {
  // libbpf calls back on this very thread, within the call. The function is one for the whole process, so it is set for
  // as short as can be, and on failures only: libbpf on another worker's thread would wait for this one's event loop.
  printer ??= new Deno.UnsafeCallback(PRINT, (level, format, args) => {
    const name = LEVELS[level] ?? "debug";
    if (name !== "warn" && !isLogged(name)) return 0;
    const text = new Uint8Array(4096);
    // The va_list is libbpf's, good until we return. It arrives as an address on x86_64 and on aarch64 alike, because
    // it is an array there and a struct too large for registers here.
    libc().vsnprintf(text, BigInt(text.length), format, args);
    messages.push({ level: name, text: readCString(text).trim().replace(/^libbpf: /, "") });
    return 0;
  });
  messages = [];
  libbpf().libbpf_set_print(printer.pointer);
  try {
    const result = call();
    return { result, messages: messages.filter(({ level }) => level === "warn").map(({ text }) => text) };
  } finally {
    libbpf().libbpf_set_print(null);
    // Not before: whoever is told may call libbpf himself.
    const said = messages;
    messages = [];
    for (const { level, text } of said) log[level](`libbpf: ${text}`);
  }
}
