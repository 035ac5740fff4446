/**
 * What the commands read: rule files and captures, or standard input for `-`.
 *
 * @module
 */

import { type Capture, loadFilter, type ParsedFilter, readCapture, type SyntaxName } from "../mod.ts";
import { UsageError } from "./exit_code.ts";
import { ProgressBar } from "./progress_bar.ts";
import { printDiagnostics, printWarnings } from "./render_diagnostic.ts";

/** Reads a filter; warnings of its texts go to standard error. */
export async function readFilter(path: string, options: { readonly syntax?: SyntaxName }): Promise<ParsedFilter> {
  const parsed = await loadWithProgress(path, options);
  printWarnings(parsed.warnings);
  return parsed;
}

/** Reads a filter, with a bar while that takes long. */
export async function loadWithProgress(
  path: string,
  { syntax }: { readonly syntax?: SyntaxName | undefined },
): Promise<ParsedFilter> {
  using bar = new ProgressBar();
  return await loadFilter(path, {
    ...(syntax !== undefined && { syntax }),
    onProgress: (progress) => bar.show(progress),
  });
}

/** Reads a capture; a warning about it goes to standard error. */
export async function readPackets(path: string): Promise<Capture["packets"]> {
  const { packets, warnings } = readCapture(await readBytes(path), path);
  printDiagnostics(warnings);
  return packets;
}

/** Makes sure that standard input is asked for once at most: it is gone after that. */
export function checkStandardInput(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === "-").length > 1) {
    throw new UsageError("Cannot read standard input twice: - should stand for one file only");
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  if (path === "-") return await new Response(Deno.stdin.readable).bytes();
  if (path.includes("\0")) throw new UsageError(`Cannot read the capture ${JSON.stringify(path)}: no name has a NUL`);
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot read the capture "${path}": there is no such file`);
    }
    if (error instanceof Error && /is a directory/i.test(error.message)) {
      throw new UsageError(`Cannot read the capture "${path}": it is a directory`);
    }
    throw error;
  }
}
