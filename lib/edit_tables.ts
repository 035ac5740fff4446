/**
 * Other rules for a program that runs, by writing a few words of the tables that it uses.
 *
 * @module
 */

import type { TableEdit } from "./classify/plan.ts";
import { TABLES_MAP } from "./cprog.ts";
import { innerMapId, openMapById } from "./kernel/map.ts";
import { mapMemory } from "./kernel/mapped_memory.ts";
import { waitForReaders } from "./kernel/readers.ts";
import type { LoadedFilter } from "./load.ts";

/**
 * Makes an edit in the tables that a program uses. When it returns, no packet sees what was there before.
 *
 * @returns false, and nothing is done, when these are not the tables that the edit is for: others were put in their place
 */
export function editTables(loaded: LoadedFilter, { of, writes }: TableEdit): boolean {
  const id = innerMapId(loaded.object.map(TABLES_MAP));
  if (id === undefined) return false;
  using map = openMapById(id);
  using memory = mapMemory(map);
  if (memory.length < of.length || !memory.startsWith(of)) return false;
  // A word, which a program may be reading, is written at once; all else is behind what it knows of.
  for (const { offset, bytes } of writes) memory.write(offset, bytes);
  waitForReaders();
  return true;
}
