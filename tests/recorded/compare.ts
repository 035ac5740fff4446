/**
 * Compares what a tool says of each recorded rule with what kefir makes of it.
 *
 * @module
 */

import type { Difference } from "./differences.ts";

/** A rule, what the tool says of it and what kefir says: see {@link agrees}. */
export interface Comparison {
  readonly words: string;
  readonly tool: string;
  readonly kefir: string;
}

/** What is wrong: a rule on which the two differ and that no list has, or one that differs otherwise than its list says. */
export function unexplained(comparisons: readonly Comparison[], differences: readonly Difference[]): string[] {
  const listed = new Map(differences.map(({ words, kefir }) => [words, kefir]));
  const twice = differences.find(({ words }, index) => differences.findLastIndex((one) => one.words === words) > index);
  if (twice !== undefined) throw new Error(`this rule is in the list of differences twice: ${twice.words}`);
  const wrong = comparisons.flatMap((one) => {
    const expected = listed.get(one.words);
    listed.delete(one.words);
    const isSame = agrees(one);
    if (expected === undefined) return isSame ? [] : [show(one)];
    if (isSame) return [`${show(one)}\n  is listed as a difference, but they agree`];
    return one.kefir === expected ? [] : [`${show(one)}\n  listed as ${expected}`];
  });
  return [...wrong, ...Array.from(listed.keys(), (words) => `${words}\n  is listed as a difference, but not recorded`)];
}

/**
 * Both refuse; or kefir refuses what the kernel would ignore, as such a match is a mistake; or kefir refuses by name what
 * no packet can answer.
 */
export function agrees({ tool, kefir }: Comparison): boolean {
  if (tool === "refuses" || tool.startsWith("ignores ")) return kefir.startsWith("refuses ");
  if (tool.startsWith("needs ")) return kefir === "refuses unsupported-keyword";
  return tool === kefir;
}

function show({ words, tool, kefir }: Comparison): string {
  return `${words}\n  tool:  ${tool}\n  kefir: ${kefir}`;
}
