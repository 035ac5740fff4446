/**
 * One rule more, less or another, in tables that a program may be reading meanwhile: a few writes, in an order in which every
 * packet sees the old rules or the new ones.
 *
 * New copies of the groups that change are written behind all that is in use; then the priorities of tables are lowered; last
 * the slots, a word each, those with the new rule before those without the old one. Groups that nothing refers to any more
 * stay as they are until all is built anew: a program may still be in them.
 *
 * @module
 */

import type { Filter } from "../../model/filter.ts";
import type { Rule } from "../../model/rule.ts";
import { differenceOf } from "../../model/rule_difference.ts";
import type { CounterPlaces } from "../counters.ts";
import type { TableWrite, TuplePlan } from "../plan.ts";
import { decisionOf, NO_PRIORITY, priorityGap } from "./build.ts";
import { TUPLE_HEADER } from "./format.ts";
import { TUPLE_LIMITS } from "./limits.ts";
import { readRule } from "./read.ts";
import { TableEditor } from "./table_editor.ts";

/** The plan of a filter as an edit of another one's; undefined when it takes more than that. */
export function editTuple(before: TuplePlan, filter: Filter, counters: CounterPlaces): TuplePlan | undefined {
  const { editable } = before;
  if (editable === undefined) return undefined;
  const rules = filter.rules;
  const difference = differenceOf(editable.rules, rules);
  if (difference === undefined) return undefined;
  const { at, removed, added } = difference;
  // What a rule that always holds, or another one, keeps out of the tables would have to be added.
  const gone = editable.priorities[at]!;
  if (removed !== undefined && (removed.matches.length === 0 || editable.hiding.has(gone))) return undefined;
  if (!keepsCounters(before.counters, counters, { at, removed, added })) return undefined;
  const editor = new TableEditor(before);
  const otherwise = decisionOf(filter.defaultAction, counters.indexes.at(-1)!);
  if (otherwise !== editor.readHeader(TUPLE_HEADER.otherwise)) {
    // Another default and another rule are two changes: a packet could see one of them alone.
    if (removed !== undefined || added !== undefined) return undefined;
    editor.writeHeader(TUPLE_HEADER.otherwise, otherwise);
  }
  const priorities = [...editable.priorities.subarray(0, at)];
  let rows = before.facts.rows;
  if (added !== undefined) {
    const read = readRule(added, before);
    const priority = priorityBetween(editable.priorities, at, removed !== undefined);
    if (read === undefined || priority === undefined) return undefined;
    const head = { priority, decision: decisionOf(added.action, counters.indexes[at]!) };
    for (let row = 0; row < read.size; row++) if (!editor.insert(read, row, head)) return undefined;
    priorities.push(priority);
    rows += read.size;
  }
  if (removed !== undefined) {
    const read = readRule(removed, before);
    if (read === undefined) return undefined;
    let found = 0;
    for (let row = 0; row < read.size; row++) found += editor.remove(read, row, gone) ?? NaN;
    // One that is not there was hidden by another rule, and then so may others be.
    if (found !== read.size) return undefined;
    rows -= read.size;
  }
  const facts = editor.facts();
  // Each may be in a group of its own by now, and one packet may look at all of them.
  if (2 * facts.records + facts.tables > TUPLE_LIMITS.laterSteps) return undefined;
  const rest = editable.priorities.subarray(removed === undefined ? at : at + 1);
  const merged = new Uint32Array(priorities.length + rest.length);
  merged.set(priorities);
  merged.set(rest, priorities.length);
  return {
    ...before,
    tables: editor.bytes,
    editable: { ...editable, rules, priorities: merged },
    counters,
    facts: { ...before.facts, ...facts, rows },
    edit: { of: before.tables, writes: editor.writes(), records: editor.touched },
  };
}

/** Makes writes, in their order, in a copy of the tables that they are for. */
export function applyWrites(tables: Uint8Array, writes: readonly TableWrite[]): void {
  for (const { offset, bytes } of writes) tables.set(bytes, offset);
}

/** Whether all other rules, and the default, count where they did. */
function keepsCounters(
  before: CounterPlaces,
  after: CounterPlaces,
  { at, removed, added }: { readonly at: number; readonly removed: Rule | undefined; readonly added: Rule | undefined },
): boolean {
  if (before.capacity !== after.capacity) return false;
  const from = removed === undefined ? at : at + 1;
  const to = added === undefined ? at : at + 1;
  for (let index = 0; index < at; index++) if (before.indexes[index] !== after.indexes[index]) return false;
  for (let index = from; index < before.indexes.length - 1; index++) {
    if (before.indexes[index] !== after.indexes[index - from + to]) return false;
  }
  return true;
}

/** A priority for a rule before the one at an index, or in its place; undefined when there is no number left. */
function priorityBetween(priorities: Uint32Array, at: number, isInstead: boolean): number | undefined {
  const reach = 2 * priorityGap(priorities.length + 1);
  const following = isInstead ? at + 1 : at;
  const first = priorities[0] ?? NO_PRIORITY / 2;
  const last = priorities.at(-1) ?? NO_PRIORITY / 2;
  const above = at > 0 ? priorities[at - 1]! : Math.max(0, first - reach);
  const below = following < priorities.length ? priorities[following]! : Math.min(NO_PRIORITY, last + reach);
  const middle = Math.floor((above + below) / 2);
  if (middle <= above || middle >= below) return undefined;
  if (!isInstead || middle !== priorities[at]) return middle;
  return middle - 1 > above ? middle - 1 : middle + 1 < below ? middle + 1 : undefined;
}
