/**
 * Which of what the tables claim was tried.
 *
 * @module
 */

import type { Field } from "../../lib/model/field.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import type { Operator } from "../../lib/model/operator.ts";
import type { FieldCase } from "./field_cases.ts";

/** A match that decided about a packet at a hook. */
export interface Execution {
  readonly field: string;
  readonly operator: Operator;
  readonly hook: HookName;
  readonly holds: boolean;
}

/** What a case tries at a hook. A rule of several matches says nothing about each of them when it does not hold. */
export function executionsOf({ matches, holds }: FieldCase, hook: HookName): Execution[] {
  const [match, ...others] = matches;
  if (match === undefined || others.length > 0) return [];
  const operator = match.operator ?? (Array.isArray(match.value) ? "in" : "==");
  return [{ field: match.field, operator, hook, holds }];
}

/** Names every (field, operator, hook) that no packet was accepted for, or none rejected. */
export function uncovered(fields: readonly Field[], executions: Iterable<Execution>): string[] {
  const tried = new Set<string>();
  for (const { field, operator, hook, holds } of executions) tried.add(keyOf(field, operator, hook, holds));
  const gaps: string[] = [];
  for (const field of fields) {
    for (const operator of field.operators) {
      for (const hook of Object.keys(HOOKS) as HookName[]) {
        for (const holds of [true, false]) {
          const key = keyOf(field.name, operator, hook, holds);
          if (!tried.has(key)) gaps.push(key);
        }
      }
    }
  }
  return gaps;
}

function keyOf(field: string, operator: Operator, hook: HookName, holds: boolean): string {
  return `${field} ${operator} at ${hook}: no packet is ${holds ? "accepted" : "rejected"}`;
}
