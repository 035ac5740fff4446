/**
 * Did you mean: the nearest of the words that are known.
 *
 * @module
 */

import { familyHint } from "../model/field_families.ts";
import { FIELDS } from "../model/fields.ts";

const FIELD_NAMES = FIELDS.flatMap((field) => [field.name, ...field.aliases]);

/** A hint that names the nearest candidate, or else the candidates when they are few. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  return candidates.length <= 12 ? `one of ${candidates.join(" ")}` : undefined;
}

/** A hint for a name that no field has: how members of its family are named, or the nearest one. */
export function suggestField(name: string): string | undefined {
  return familyHint(name) ?? suggest(name, FIELD_NAMES);
}

/** The candidate with the smallest edit distance, when a third of the letters at most differ. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 40) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < limit) [best, limit] = [candidate, distance];
  }
  return best;
}

/** A word for a message: quoted, and cut when it is long. */
export function quoteWord(word: string): string {
  return JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}...` : word);
}

/** Optimal string alignment: insertions, deletions, changes, and two neighbours swapped. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[b.length] ?? 0;
}
