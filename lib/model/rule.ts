/**
 * Rules: matches that must all hold, and what then happens to the packet.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { FilterError } from "../diagnostics/errors.ts";
import { createBrand } from "./brand.ts";
import type { Action } from "./hooks.ts";
import { findField } from "./fields.ts";
import { counterpartOf, createMatch, freezeMatch, isBuilt, type Match, type MatchInput } from "./match.ts";

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
 * Creates a rule and checks it.
 *
 * @throws FilterError with every problem of the matches, the action or the name
 */
export function createRule(input: RuleInput): Rule {
  if (input.action !== "pass" && input.action !== "drop") {
    throw refusal("bad-action", `${JSON.stringify(input.action)} is not an action`, "pass or drop");
  }
  if (input.name !== undefined && !RULE_NAME.test(input.name)) {
    throw refusal("bad-name", `${JSON.stringify(input.name)} is not a name for a rule`, "letters, digits, _ . -");
  }
  const matches = (input.matches ?? []).map((match) => "operand" in match ? rebuild(match) : createMatch(match));
  return freezeRule({ ...input, matches });
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
export function isBuiltRule(rule: object): rule is Rule {
  return BUILT.has(rule);
}

const BUILT = createBrand();

/**
 * A rule's id: its name, or 16 hexadecimal digits that depend on its matches (in any order) and its action alone.
 * Counters follow it through a replacement.
 */
export function ruleId(rule: Rule): string {
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

/** A match that only claims to be built is built anew from its parts, so that a raw structure is as safe. */
function rebuild(match: Match): Match {
  if (isBuilt(match)) return match;
  const { field, operator, operand } = match;
  const row = findField(field);
  if (row === undefined || operand.kind === "value") {
    const value = operand.kind === "value" ? operand.value : 0n;
    return createMatch({ field, operator, value, ...(operand.mask !== undefined && { mask: operand.mask }) });
  }
  if (operand.kind === "list") return freezeMatch(row, operator, { ...operand, file: String(operand.file) });
  const built = createMatch({
    field,
    operator,
    value: [...operand.ranges],
    ...(operand.mask !== undefined && { mask: operand.mask }),
  });
  if (operand.ipv6Ranges === undefined || built.operand.kind !== "set") return built;
  const other = createMatch({ field: counterpartOf(row).name, operator, value: [...operand.ipv6Ranges] });
  if (other.operand.kind !== "set") return built;
  return freezeMatch(row, operator, { ...built.operand, ipv6Ranges: other.operand.ranges });
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

function refusal(code: string, message: string, hint: string): FilterError {
  return new FilterError([{ severity: "error", code, message, hint }]);
}
