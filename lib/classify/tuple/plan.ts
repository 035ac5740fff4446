/**
 * The `tuple` strategy: rule records in a few hashed tables. A packet's key, under the mask of each table, finds the few
 * records that can hold; these are compared in full, and the first rule decides.
 *
 * @module
 */

import type { Filter } from "../../model/filter.ts";
import { isRefusal, type Refusal, type TablePlanOptions, type TuplePlan } from "../plan.ts";
import { buildTables, priorityGap, priorityOf } from "./build.ts";
import { editTuple } from "./edit.ts";
import { tupleFormat } from "./format.ts";
import { chooseTables } from "./masks.ts";
import { readRules } from "./read.ts";

/** The tuple plan of a filter, or why the strategy cannot hold it. */
export function planTuple(filter: Filter, options: TablePlanOptions): TuplePlan | Refusal {
  const { counters, reason, like } = options;
  const before = like?.strategy === "tuple" ? like : undefined;
  const edited = before === undefined ? undefined : editTuple(before, filter, counters);
  if (edited !== undefined) return { ...edited, reason };
  const read = readRules(filter, { like: before, recent: options.recent });
  if (isRefusal(read)) return read;
  const { columns, demand, layout, sets } = read;
  const tables = chooseTables(columns, Uint32Array.from({ length: columns.size }, (_, row) => row));
  const format = tupleFormat(layout, columns.lanes);
  const built = buildTables(columns, tables, {
    format,
    actions: [...filter.rules.map((rule) => rule.action), filter.defaultAction],
    counters: counters.indexes,
    capacity: before?.format.recordBytes === format.recordBytes ? before.capacity : 0,
  });
  if (isRefusal(built)) return built;
  const { bytes, capacity, hiding, ...facts } = built;
  const gap = priorityGap(filter.size);
  return {
    strategy: "tuple",
    tables: bytes,
    // Records and vectors begin at multiples of eight.
    mask: capacity - 8,
    capacity,
    layout,
    format,
    facts: { ...facts, rows: columns.size },
    editable: {
      rules: filter.rules,
      priorities: Uint32Array.from({ length: filter.size }, (_, index) => priorityOf(index, gap)),
      hiding,
    },
    counters,
    demand,
    reason,
    ...(sets !== undefined && { sets }),
  };
}
