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
 * {@link ruleText}, or `refuses`. Behind it, `ignoring` names what the kernel does not look at, `besides` what is not
 * about the packet. The action is `drop`, `pass`, or all that is asked for when it is neither.
 */
export function tcSays({ message }: RecordedRule): string {
  if (message === undefined) return "refuses";
  const { conditions, ignored, refused, others, actions } = meaningOf(message);
  if (refused.length > 0) return "refuses";
  const [first, second] = actions;
  const verdict = second === undefined ? VERDICTS.get(first ?? "") : undefined;
  return [
    ruleText(conditions, verdict ?? `(${actions.join(", ")})`),
    ...ignored.map((name) => `ignoring ${name}`),
    ...others.map((name) => `besides ${name}`),
  ].join(" ");
}
