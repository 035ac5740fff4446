/**
 * What libbpf has to say besides its return codes: often the only place that names the map or section at fault.
 *
 * @module
 */

import { libbpf } from "./libbpf.ts";
import { libc } from "./libc.ts";
import { readCString } from "./memory.ts";

const PRINT = { parameters: ["i32", "pointer", "pointer"], result: "i32" } as const;
const LIBBPF_WARN = 0;

// Lives as long as the process: libbpf must never be left with a function that is gone.
let printer: Deno.UnsafeCallback<typeof PRINT> | undefined;
let messages: string[] = [];

/**
 * Runs `call`, and collects the warnings that libbpf would have written to standard error during it, without their
 * `libbpf: ` prefix. Outside of this libbpf is silent.
 */
export function collectMessages<T>(call: () => T): { readonly result: T; readonly messages: readonly string[] } {
  // Calls are synchronous, so libbpf calls back on this very thread; between calls the function is not set, so that a
  // second worker's libbpf never calls into this one.
  printer ??= new Deno.UnsafeCallback(PRINT, (level, format, args) => {
    if (level !== LIBBPF_WARN) return 0;
    const text = new Uint8Array(4096);
    // The va_list is libbpf's, good until we return. It arrives as an address on x86_64 and on aarch64 alike, because
    // it is an array there and a struct too large for registers here.
    libc().vsnprintf(text, BigInt(text.length), format, args);
    messages.push(readCString(text).trim().replace(/^libbpf: /, ""));
    return 0;
  });
  messages = [];
  libbpf().libbpf_set_print(printer.pointer);
  try {
    const result = call();
    return { result, messages };
  } finally {
    libbpf().libbpf_set_print(null);
  }
}
