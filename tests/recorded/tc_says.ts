/**
 * What tc says with a recorded rule, in the form of {@link ruleText}.
 *
 * @module
 */

import { meaningOf } from "./flower_meaning.ts";
import { ruleText } from "./kefir_says.ts";
import type { RecordedRule } from "./record_tc.ts";

/** The verdicts of `gact` that end the classification; linux/pkt_cls.h, in host order. */
const VERDICTS: ReadonlyMap<string, string> = new Map([["gact 00000000", "pass"], ["gact 02000000", "drop"]]);

/**
 * {@link ruleText}, or `refuses`. `ignores NAME` when the kernel does not look at an attribute, since another is not
 * there; `needs NAME` when something decides that is not in the packet, or when the action is not a verdict.
 */
export function tcSays({ message }: RecordedRule): string {
  if (message === undefined) return "refuses";
  const { conditions, ignored, refused, others, actions } = meaningOf(message);
  if (refused.length > 0) return "refuses";
  if (ignored.length > 0) return `ignores ${ignored.join(", ")}`;
  if (others.length > 0) return `needs ${others.join(", ")}`;
  const [first, second] = actions;
  const verdict = second === undefined ? VERDICTS.get(first ?? "") : undefined;
  return verdict === undefined ? `needs ${actions.join(", ") || "no action"}` : ruleText(conditions, verdict);
}
