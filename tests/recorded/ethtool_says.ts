/**
 * What ethtool says with a recorded rule, in the form of {@link ruleText}.
 *
 * @module
 */

import { meaningOf } from "./ethtool_meaning.ts";
import { ruleText } from "./kefir_says.ts";
import type { RecordedRule } from "./record_ethtool.ts";

/** {@link ruleText}, `refuses`, or `no rule` where one is deleted. Behind it, `besides` names what is not about the packet. */
export function ethtoolSays({ request }: RecordedRule): string {
  if (request === undefined) return "refuses";
  const meaning = meaningOf(request);
  if (meaning === undefined) return "no rule";
  const { conditions, action, others } = meaning;
  return [ruleText(conditions, action), ...others.map((name) => `besides ${name}`)].join(" ");
}
