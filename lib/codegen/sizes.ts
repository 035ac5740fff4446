/**
 * Sizes that the C leaves open, so that it depends on the shape of the rules and not on how many there are: they are set in the
 * object before it is loaded, or defined when it is compiled.
 *
 * @module
 */

import { isTablePlan, type Plan } from "../classify/plan.ts";

/** Stands in the instructions for {@link TablePlan.mask}: of many bits, so that nothing else is masked with it. */
export const TABLE_MASK_MARK = 0x6b656672;

/** Arguments of clang that make an object complete as it is, for loaders that set nothing in it. */
export function sizeDefinitions(plan: Plan): readonly string[] {
  if (!isTablePlan(plan)) return [];
  return [
    `-DKEFIR_COUNTERS=${plan.counters.capacity}`,
    `-DKEFIR_TABLE_BYTES=${plan.tables.length}`,
    `-DKEFIR_TABLE_MASK=${plan.mask}`,
  ];
}
