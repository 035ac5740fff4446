/**
 * What the template of interval maps asks for.
 *
 * @module
 */

import type { IntervalForm } from "../classify/plan.ts";
import type { TemplateScope } from "./template.ts";

/** The values of templates/include/kefir/interval_map.h: functions for the forms that a program looks up, and no others. */
export function intervalScope(forms: ReadonlySet<IntervalForm>): TemplateScope {
  return {
    intervals: forms.size > 0,
    ...(forms.size > 0 && {
      interval32: forms.has(32),
      interval64: forms.has(64),
      interval128: forms.has(128),
      interval_wide: forms.has(64) || forms.has(128),
    }),
  };
}
