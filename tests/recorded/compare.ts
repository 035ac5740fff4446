/**
 * Compares what a tool says of each recorded rule with what kefir makes of it.
 *
 * @module
 */

import type { Difference } from "./differences.ts";

/** A rule, what the tool says of it and what kefir says: texts that are equal when they agree. */
export interface Comparison {
  readonly words: string;
  readonly tool: string;
  readonly kefir: string;
}

/** What is wrong: a rule on which the two differ and that no list has, or one that differs otherwise than its list says. */
export function unexplained(comparisons: readonly Comparison[], differences: readonly Difference[]): string[] {
  const listed = new Map(differences.map(({ words, kefir }) => [words, kefir]));
  if (listed.size < differences.length) throw new Error("a rule is in the list of differences twice");
  const wrong = comparisons.flatMap((one) => {
    const expected = listed.get(one.words);
    listed.delete(one.words);
    const agrees = isSame(one);
    if (expected === undefined) return agrees ? [] : [show(one)];
    if (agrees) return [`${show(one)}\n  is listed as a difference, but they agree`];
    return one.kefir === expected ? [] : [`${show(one)}\n  listed as ${expected}`];
  });
  return [...wrong, ...Array.from(listed.keys(), (words) => `${words}\n  is listed as a difference, but not recorded`)];
}

/** A refusal of kefir's has a code, one of a tool's does not. */
function isSame({ tool, kefir }: Comparison): boolean {
  return tool === kefir || tool === "refuses" && kefir.startsWith("refuses ");
}

function show({ words, tool, kefir }: Comparison): string {
  return `${words}\n  tool:  ${tool}\n  kefir: ${kefir}`;
}
