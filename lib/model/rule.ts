/**
 * Rules: matches that must all hold, and what then happens to the packet.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { FilterError } from "../diagnostics/errors.ts";
import { createBrand } from "./brand.ts";
import type { Action } from "./hooks.ts";
import { buildMatch, type Match, type MatchInput } from "./match.ts";
import { placeProblem, type Problem, problem } from "./problem.ts";
import { checkKeys, describeValue } from "./raw.ts";

/** Where a rule was written. */
export interface RuleSource {
  /** The rule as written, continuation lines joined. */
  readonly text: string;
  /** Name of the file; absent for a rule that came from elsewhere. */
  readonly file?: string;
  /** Line of its first character, from 1. */
  readonly line?: number;
}

/** A rule. Frozen plain data. */
export interface Rule {
  /** Name, when it was given one: then it is the rule's id. */
  readonly name?: string;
  /** All must hold; none at all holds for every packet. */
  readonly matches: readonly Match[];
  /** What happens to a packet that the rule holds for. */
  readonly action: Action;
  /** Where it was written. */
  readonly source?: RuleSource;
}

/** What {@link createRule} takes: matches as built, or as {@link createMatch} takes them. */
export interface RuleInput {
  /** 1 to 63 characters of `[A-Za-z0-9_.-]`, starting with a letter or `_`. */
  readonly name?: string;
  /** All must hold; none at all unless given. */
  readonly matches?: readonly (Match | MatchInput)[];
  /** What happens to a packet that the rule holds for. */
  readonly action: Action;
  /** Where it was written. */
  readonly source?: RuleSource;
}

/** What a rule's name looks like. */
export const RULE_NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/;

/**
 * Creates a rule and checks it. What was built before comes back as it is.
 *
 * @throws FilterError with every problem of the matches, the action, the name or the source
 */
export function createRule(input: RuleInput): Rule {
  if (isBuiltRule(input)) return input;
  const problems: Problem[] = [];
  const rule = buildRule(input, (found) => problems.push(found));
  const errors = problems.filter(({ severity }) => severity === "error").map((found) => placeProblem(found));
  if (rule === undefined || errors.length > 0) throw new FilterError(errors);
  return rule;
}

/** {@link createRule} with problems reported to a callback; undefined when one is an error. */
export function buildRule(input: RuleInput, report: (found: Problem) => void): Rule | undefined {
  if (isBuiltRule(input)) return input;
  const shape = checkKeys(input, { what: "a rule", keys: ["name", "matches", "action", "source"] });
  if (shape !== undefined) return void report(shape);
  let failed = false;
  const fail = (found: Problem): void => {
    failed ||= found.severity === "error";
    report(found);
  };
  const { name, action, source, matches = [] } = input;
  if (action !== "pass" && action !== "drop") fail(badAction(action));
  if (name !== undefined && !(typeof name === "string" && RULE_NAME.test(name))) {
    fail(problem("bad-name", `${describeValue(name)} is not a name for a rule`, "letters, digits, _ . -"));
  }
  if (source !== undefined) checkSource(source, fail);
  if (!Array.isArray(matches)) {
    return void fail(problem("bad-type", `the matches of a rule are an array, not ${describeValue(matches)}`));
  }
  const built = Array.from(matches as readonly (Match | MatchInput)[], (match, index) => {
    const at = (found: Problem) => fail({ ...found, message: `matches[${index}]: ${found.message}` });
    return buildMatch(match, at);
  });
  if (failed) return undefined;
  return freezeRule({
    ...(name !== undefined && { name }),
    matches: built.filter((match) => match !== undefined),
    action,
    ...(source !== undefined && { source }),
  });
}

/** The problem of what should be an action. */
export function badAction(action: unknown): Problem {
  return problem("bad-action", `${describeValue(action)} is not an action`, "pass or drop");
}

function checkSource(source: RuleSource, fail: (found: Problem) => void): void {
  const shape = checkKeys(source, { what: "the source of a rule", keys: ["text", "file", "line"] });
  if (shape !== undefined) return fail(shape);
  const { text, file, line } = source;
  const isText = typeof text === "string" && (file === undefined || typeof file === "string");
  if (isText && (line === undefined || Number.isSafeInteger(line) && line >= 1)) return;
  fail(problem("bad-source", "the source of a rule is a text, and the name of a file and a line if it has them"));
}

/** A frozen rule; the parts are taken as checked. */
export function freezeRule({ name, matches, action, source }: Rule): Rule {
  return Object.freeze(BUILT.mark({
    ...(name !== undefined && { name }),
    matches: Object.isFrozen(matches) ? matches : Object.freeze([...matches]),
    action,
    ...(source !== undefined && { source: Object.freeze({ ...source }) }),
  }));
}

/** Whether the rule came from this module, so that it needs no check. */
export function isBuiltRule(rule: unknown): rule is Rule {
  return BUILT.has(rule);
}

const BUILT = createBrand();

/**
 * A rule's id: its name, or 16 hexadecimal digits that depend on its matches (in any order) and its action alone.
 * Counters follow it through a replacement.
 *
 * @throws FilterError for a structure that is no rule
 */
export function ruleId(input: RuleInput): string {
  const rule = createRule(input);
  const known = rule.name ?? IDS.get(rule);
  if (known !== undefined) return known;
  const id = createHash("sha256").update(ruleKey(rule)).digest("hex").slice(0, 16);
  IDS.set(rule, id);
  return id;
}

const IDS = new WeakMap<Rule, string>();

/** A text that two rules share when they have the same matches, in any order, and the same action. */
export function ruleKey(rule: Rule): string {
  const matches = rule.matches.map(matchKey).sort();
  return JSON.stringify([rule.action, ...matches]);
}

/** As JSON has it; for one value, of which there are the most, written in a tenth of the time. */
function matchKey(match: Match): string {
  const { field, operator, operand } = match;
  if (operand.kind !== "value") return JSON.stringify(match, bigintAsText);
  const mask = operand.mask === undefined ? "" : `,"mask":"${operand.mask}"`;
  return `{"field":"${field}","operator":"${operator}","operand":{"kind":"value","value":"${operand.value}"${mask}}}`;
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
