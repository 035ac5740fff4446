/**
 * What the template of the `tuple` strategy asks for.
 *
 * @module
 */

import type { TuplePlan } from "../classify/plan.ts";
import type { Hook } from "../model/hooks.ts";
import type { TemplateScope } from "./template.ts";

/** The values of templates/include/kefir/tuple.h. */
export function tupleScope(plan: TuplePlan, _hook: Hook): TemplateScope {
  return { table_bytes: plan.tables.length };
}
