/**
 * Where kefir differs from a tool on purpose: lists of rules under a reason and what kefir says.
 *
 *     # tc takes the last one
 *     == refuses duplicate-field
 *     protocol ip flower ip_tos 1 ip_tos 2 action drop
 *
 * Under `== reads` each rule has behind ` ==> ` what kefir reads. A paragraph ends with an empty line.
 *
 * @module
 */

import { expandRules } from "./rule_list.ts";

/** A difference. */
export interface Difference {
  readonly words: string;
  /** What kefir says of the rule. */
  readonly kefir: string;
}

/** The differences of a list beside this module. */
export function readDifferences(name: string): readonly Difference[] {
  const text = Deno.readTextFileSync(new URL(name, import.meta.url));
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const [, reason, says, rules] = /^((?:# .*\n)+)== (reads|refuses .*)\n([^]*)$/.exec(`${paragraph}\n`) ?? [];
    if (reason === undefined || says === undefined || rules === undefined) {
      if (paragraph.split("\n").every((line) => line === "" || line.startsWith("#"))) return [];
      throw new Error(`${name} has a paragraph without a reason, or without what kefir says:\n${paragraph}`);
    }
    return expandRules(rules).map((rule) => {
      const [words = "", reads] = rule.split(" ==> ");
      if ((reads === undefined) !== (says !== "reads")) throw new Error(`${name}: ${rule}`);
      return { words, kefir: reads ?? says };
    });
  });
}
