/**
 * What ethtool says with a recorded rule, in the form of {@link ruleText}.
 *
 * @module
 */

import { meaningOf } from "./ethtool_meaning.ts";
import { ruleText } from "./kefir_says.ts";
import type { RecordedRule } from "./record_ethtool.ts";

/**
 * {@link ruleText}, `refuses`, or `no rule` where one is deleted. `needs NAME` when something decides that is not in the
 * packet, or when the packet goes to a queue that is not the first.
 */
export function ethtoolSays({ request }: RecordedRule): string {
  if (request === undefined) return "refuses";
  const meaning = meaningOf(request);
  if (meaning === undefined) return "no rule";
  const { conditions, action, others } = meaning;
  const needs = [...others, ...(action === "drop" || action === "pass" ? [] : [action])];
  return needs.length > 0 ? `needs ${needs.join(", ")}` : ruleText(conditions, action);
}
