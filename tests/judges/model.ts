/**
 * The judge that defines what is right: the reference evaluator.
 *
 * @module
 */

import { evaluate } from "../../lib/semantics/evaluate.ts";
import type { Judge } from "./judge.ts";

/** Looks neither at the hook nor at the strategy. */
export const MODEL_JUDGE: Judge = {
  name: "model",
  tier: "pure",
  strategies: ["inline"],
  judge: (filter, packets) => Promise.resolve(packets.map((packet) => evaluate(filter, packet))),
};
