/**
 * Files that are there whole or not at all.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { UsageError } from "./exit_code.ts";

/**
 * Writes a file, or puts it in place of the one that is there: under a name that nobody can guess, which then takes the
 * place. A link is not followed, and what is no file (/dev/null) is not replaced.
 *
 * @throws UsageError when something else than a file is there
 */
export function writeFileWhole(path: string, bytes: Uint8Array): void {
  if (path.includes("\0") || path === "") {
    throw new UsageError(`Cannot write ${JSON.stringify(path)}: no file has that name`);
  }
  checkPlace(path);
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${crypto.randomUUID()}`);
  try {
    // The user's umask takes away more.
    using file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o644 });
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was never made.
    }
    throw error;
  }
}

function checkPlace(path: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (found.isFile) return;
  const what = found.isSymlink ? "a symbolic link" : found.isDirectory ? "a directory" : "not a file";
  throw new UsageError(`Cannot write "${path}": it is ${what}`, "-o - writes to standard output");
}
