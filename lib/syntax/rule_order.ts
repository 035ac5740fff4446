/**
 * The order that a text asks for: tc's `pref` and ethtool's `loc` say where a rule stands, whatever line it is in.
 *
 * @module
 */

import { type Problem, problem, warning } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import type { Word } from "./statement.ts";
import type { SyntaxName } from "./syntax.ts";

/** What a statement says of its place among the statements of its syntax, besides a rule. */
export interface Placed {
  readonly kind: "placed";
  /** Absent when the statement only takes out the rule with its key. */
  readonly rule?: Rule;
  /** Rules of a syntax stand in ascending order of it. */
  readonly order: number;
  /** Whether it stands before those that have the same order and came before it in the text. */
  readonly isReversed?: boolean;
  /** Of the rules with one order, those with the same group stand together, where the first of them is in the text. */
  readonly group?: string;
  /** A later statement with the same key takes this one's rule out. */
  readonly key?: string;
  /** Whether the tool refuses it when there is a rule with the key already. */
  readonly isNew?: boolean;
  /** What to say when it takes another rule's place, and when there is none to take out. */
  readonly notes?: { readonly replaced?: Problem; readonly missing?: Problem };
  /** The place on the host that the rule is for; those of one text have to agree. */
  readonly place?: { readonly text: string; readonly word: Word };
}

/** Is a type guard for statements that say more than a rule. */
export function isPlaced(said: Rule | Placed): said is Placed {
  return "kind" in said;
}

/** The rule that a statement says, if it says one. */
export function ruleOf(said: Rule | Placed | undefined): Rule | undefined {
  return said !== undefined && isPlaced(said) ? said.rule : said;
}

/** A rule of a text, in the text's order. */
export interface ReadRule {
  readonly said: Rule | Placed;
  readonly syntax: SyntaxName;
  readonly report: Report;
  /** Index among the rules of the text. */
  readonly index: number;
}

/** The rules in the order that they ask for, each with its index in the text. */
export function orderRules(read: readonly ReadRule[]): { rule: Rule; index: number }[] {
  if (!read.some(({ said }) => isPlaced(said))) return read.map(({ said, index }) => ({ rule: said as Rule, index }));
  checkPlaces(read);
  const left = withoutReplaced(read);
  reportReversed(left);
  const bySyntax = Map.groupBy(left, ({ syntax }) => syntax);
  // A syntax keeps the positions that its rules take in the text: the others' rules stay where they are.
  const sorted = new Map([...bySyntax].map(([syntax, rules]) => [syntax, sortRules(rules).values()] as const));
  return left.map(({ syntax }) => {
    const { said, index } = sorted.get(syntax)?.next().value as ReadRule;
    return { rule: isPlaced(said) ? said.rule as Rule : said, index };
  });
}

/** The rules of one syntax in their order. */
function sortRules(rules: readonly ReadRule[]): readonly ReadRule[] {
  const groups = new Map<string, number>();
  const ranked = rules.map((read) => {
    const { said, index } = read;
    if (!isPlaced(said)) return { read, order: 0, isReversed: false, rank: index };
    const { order, isReversed = false, group } = said;
    if (group === undefined) return { read, order, isReversed, rank: index };
    const rank = groups.get(`${order} ${group}`) ?? index;
    groups.set(`${order} ${group}`, rank);
    return { read, order, isReversed, rank };
  });
  const sorted = ranked.toSorted((a, b) => {
    if (a.order !== b.order) return a.order < b.order ? -1 : 1;
    if (a.isReversed !== b.isReversed) return a.isReversed ? -1 : 1;
    if (a.isReversed) return b.read.index - a.read.index;
    return a.rank - b.rank || a.read.index - b.read.index;
  });
  const moved = sorted.find((one, position) => {
    const next = sorted[position + 1];
    return next !== undefined && one.order === next.order && !one.isReversed && one.read.index > next.read.index;
  });
  if (moved !== undefined) reportMoved(moved.read);
  return sorted.map(({ read }) => read);
}

function reportMoved({ report }: ReadRule): void {
  const message = "of one pref, tc tries rules with the same keys and masks together: this one before others above it";
  report(warning("grouped-rules", message, "a pref for each rule whose order matters"), { at: 0, length: 0 });
}

function withoutReplaced(read: readonly ReadRule[]): ReadRule[] {
  const byKey = new Map<string, ReadRule>();
  const left = new Set<ReadRule>();
  for (const one of read) {
    if (isPlaced(one.said) && one.said.key !== undefined) {
      const key = `${one.syntax} ${one.said.key}`;
      const before = byKey.get(key);
      if (before !== undefined && one.said.isNew) {
        one.report(problem("taken-place", `another rule has this place: ${one.said.key}`), { at: 0, length: 0 });
      }
      const note = before === undefined ? one.said.notes?.missing : one.said.notes?.replaced;
      if (note !== undefined) one.report(note, { at: 0, length: 0 });
      if (before !== undefined) left.delete(before);
      if (one.said.rule === undefined) byKey.delete(key);
      else byKey.set(key, one);
    }
    if (!isPlaced(one.said) || one.said.rule !== undefined) left.add(one);
  }
  return [...left];
}

function checkPlaces(read: readonly ReadRule[]): void {
  let first: string | undefined;
  for (const { said, report } of read) {
    if (!isPlaced(said) || said.place === undefined) continue;
    const { text, word } = said.place;
    first ??= text;
    if (text === first) continue;
    const hint = "a file for each place, and kefir attach for each";
    report(problem("several-places", `this rule is for ${text}, those before it are for ${first}`, hint), word);
    return;
  }
}

function reportReversed(read: readonly ReadRule[]): void {
  const reversed = read.filter(({ said }) => isPlaced(said) && said.isReversed);
  const second = reversed[1];
  if (second === undefined) return;
  const message = "rules without pref stand before those that came before them, as in tc: the last line is tried first";
  second.report(warning("reversed-order", message, "give each rule a pref"), { at: 0, length: 0 });
}
