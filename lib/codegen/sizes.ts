/**
 * Sizes that the C leaves open, so that it depends on the shape of the rules and not on how many there are: they are set in the
 * object before it is loaded, or defined when it is compiled.
 *
 * @module
 */

import { generationBytes, isTablePlan, LONGEST_BYTES, type Plan, setsOffset } from "../classify/plan.ts";

/** Stands in the instructions for {@link TablePlan.mask}: of many bits, so that nothing else is masked with it. */
export const TABLE_MASK_MARK = 0x6b656672;

/** Stands for the offset of the sets' tables in the value. */
export const SETS_MARK = 0x6b657473;

/** Stands for the offset in the sets' tables behind which nothing begins. */
export const SETS_LIMIT_MARK = 0x6b65746c;

/** What the numbers that stand in the instructions are to be. */
export function instructionSizes(plan: Plan): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  if (isTablePlan(plan)) sizes.set(TABLE_MASK_MARK, plan.mask);
  if (plan.sets === undefined) return sizes;
  sizes.set(SETS_MARK, setsOffset(plan));
  if (plan.sets.lookups.some(({ table }) => table.kind === "intervals")) {
    sizes.set(SETS_LIMIT_MARK, plan.sets.tables.length - LONGEST_BYTES);
  }
  return sizes;
}

/** How many entries maps are to have. */
export function mapEntries(plan: Plan): ReadonlyMap<string, number> {
  const entries = new Map<string, number>();
  if (plan.strategy !== "inline") entries.set("kefir_counters", plan.counters.capacity);
  if (plan.strategy === "linear") entries.set("kefir_rules", plan.capacity);
  return entries;
}

/** Arguments of clang that make an object complete as it is, for loaders that set nothing in it. */
export function sizeDefinitions(plan: Plan): readonly string[] {
  const bytes = generationBytes(plan);
  return [
    ...[...mapEntries(plan)].map(([map, entries]) => `-D${ENTRIES_MACROS.get(map)}=${entries}`),
    ...(bytes === 0 ? [] : [`-DKEFIR_TABLE_BYTES=${bytes}`]),
    ...[...instructionSizes(plan)].map(([mark, size]) => `-D${MARK_MACROS.get(mark)}=${size}`),
  ];
}

const ENTRIES_MACROS: ReadonlyMap<string, string> = new Map([
  ["kefir_counters", "KEFIR_COUNTERS"],
  ["kefir_rules", "KEFIR_STEPS"],
]);

const MARK_MACROS: ReadonlyMap<number, string> = new Map([
  [TABLE_MASK_MARK, "KEFIR_TABLE_MASK"],
  [SETS_MARK, "KEFIR_SETS"],
  [SETS_LIMIT_MARK, "KEFIR_SETS_LIMIT"],
]);
