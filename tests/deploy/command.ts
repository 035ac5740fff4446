/**
 * A process that attaches, replaces and detaches on `left`, to be killed or to meet others. Takes its order as JSON; says
 * `ready` when all is compiled and loaded, and how each operation ended.
 *
 * @module
 */

import { attach, detach, list, parseFilter, stats, type StrategyChoice } from "../../mod.ts";
import { KernelError } from "../../lib/diagnostics/errors.ts";
import { PLACES } from "./support.ts";

/** What one operation is, in the words of the command line. */
export type Operation =
  | { readonly kind: "attach"; readonly filter: string; readonly name: string; readonly replace?: boolean }
  | { readonly kind: "detach"; readonly name: string }
  | { readonly kind: "stats"; readonly name: string }
  | { readonly kind: "list" };

/** What a process is told. */
export interface Order {
  /** Index in PLACES. */
  readonly place: number;
  readonly cache: string;
  /** With `tuple` a replacement under the same name is a data swap. */
  readonly strategy?: StrategyChoice;
  readonly operations: readonly Operation[];
  /** Over and over, until it is killed. */
  readonly forever?: boolean;
}

/** How an operation ended: `ok`, or the name of the error, and of its errno. */
export interface Outcome {
  readonly ended: string;
  readonly message?: string;
}

if (import.meta.main) {
  const order: Order = JSON.parse(Deno.args[0]!);
  console.log("ready");
  do {
    for (const operation of order.operations) {
      const outcome = await perform(operation, order);
      if (order.forever !== true) console.log(JSON.stringify(outcome));
      else if (outcome.ended !== "ok") throw new Error(JSON.stringify({ operation, outcome }));
    }
  } while (order.forever === true);
}

async function perform(operation: Operation, { place, cache, strategy = "auto" }: Order): Promise<Outcome> {
  try {
    if (operation.kind === "attach") {
      const { filter, name, replace } = operation;
      const { hook, options } = PLACES[place]!;
      const more = { ...options, hook, name, cache, strategy, ...(replace !== undefined && { replace }) };
      await attach(parseFilter(filter).filter, { interface: "left", ...more });
    } else if (operation.kind === "detach") detach(operation.name);
    else if (operation.kind === "stats") stats(operation.name);
    else list();
    return { ended: "ok" };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const ended = error instanceof KernelError ? `${error.name} ${error.errnoName}` : error.constructor.name;
    return { ended, message: error.message };
  }
}
