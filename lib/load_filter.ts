/**
 * Filters from files: reading, parsing and resolving lists in one call.
 *
 * @module
 */

import { dirname, isAbsolute, join } from "node:path";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import type { OnProgress } from "./diagnostics/progress.ts";
import { listReferences, resolveLists } from "./syntax/list_file.ts";
import { type ParsedFilter, parseFilter } from "./syntax/rule_file.ts";
import type { SyntaxName } from "./syntax/syntax.ts";

/** How {@link loadFilter} reads. */
export interface LoadFilterOptions {
  /** The syntax of all rules; each is recognised by its first word unless given. */
  readonly syntax?: SyntaxName;
  /** Called with each warning, those of lists included. */
  readonly onWarning?: (warning: Diagnostic) => void;
  /** Is told how far the reading of a large file is. */
  readonly onProgress?: OnProgress;
}

/**
 * Loads a filter from a rule file, or from standard input for `-`. Lists (`in @file`) are read relative to the rule
 * file's directory, each once, and become sets; of standard input they are relative to the current directory. Returns
 * the filter, without references, and every warning.
 *
 * @throws FilterSyntaxError with every error of the rule file, or with every error of all its lists
 * @throws Deno.errors.NotFound when the file or a list does not exist; the message names both and the rule's line
 * @throws Deno.errors.NotCapable or PermissionDenied when reading is not allowed
 */
export async function loadFilter(path: string, options: LoadFilterOptions = {}): Promise<ParsedFilter> {
  const isStandardInput = path === "-";
  const text = isStandardInput
    ? await new Response(Deno.stdin.readable).text()
    : await readFile(path, `the rule file "${path}"`);
  const parsed = parseFilter(text, {
    sourceName: path,
    ...(options.syntax !== undefined && { syntax: options.syntax }),
    ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
  });
  const directory = isStandardInput ? "." : dirname(path);
  const texts = new Map<string, string>();
  for (const { file, place } of listReferences(parsed.filter)) {
    if (texts.has(file)) continue;
    const listPath = isAbsolute(file) ? file : join(directory, file);
    const what = `the list "${listPath}"${place === undefined ? "" : ` that the rule at ${place} refers to`}`;
    texts.set(file, await readFile(listPath, what));
  }
  const resolved = resolveLists(parsed.filter, (file) => texts.get(file) ?? "", options);
  const warnings = Object.freeze([...parsed.warnings, ...resolved.warnings]);
  if (options.onWarning !== undefined) warnings.forEach(options.onWarning);
  return { filter: resolved.filter, warnings };
}

async function readFile(path: string, what: string): Promise<string> {
  // Deno throws a TypeError of its own for such a name, which says less.
  if (path.includes("\0")) throw new Deno.errors.NotFound(`Cannot read ${JSON.stringify(what)}: no name has a NUL`);
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Deno.errors.NotFound(`Cannot read ${what}: there is no such file`, { cause: error });
    }
    if (error instanceof Deno.errors.IsADirectory || error instanceof Error && /is a directory/i.test(error.message)) {
      throw new Deno.errors.IsADirectory(`Cannot read ${what}: it is a directory`, { cause: error });
    }
    throw error;
  }
}
