/**
 * What a filter is measured with: a trace, and what is right for its first packets. Made once, it serves every strategy and
 * hook.
 *
 * @module
 */

import { rangesIn } from "../model/match.ts";
import type { Filter } from "../model/filter.ts";
import type { Packet } from "../semantics/dissect.ts";
import { evaluate, type Verdict } from "../semantics/evaluate.ts";
import { drawPackets } from "./draw_packets.ts";
import { Random } from "./random.ts";
import { Scan } from "./scan.ts";
import { buildTrace, type Trace, TRACE_FRAMES } from "./trace.ts";

/** How {@link prepareTraffic} makes traffic. */
export interface TrafficOptions {
  /** The packets; 65 536 drawn from the rules unless given. */
  readonly packets?: readonly Packet[];
  /** Other seeds give other packets, another order and other keys; 1 unless given. */
  readonly seed?: number;
}

/** Traffic for one filter. */
export interface Traffic {
  /** The frames, and the keys of the yardstick. */
  readonly trace: Trace;
  /** Distinct packets of the trace. */
  readonly packets: number;
  /** Entries of the yardstick's map: rules or entries of sets, whichever is more, and 1 000 at least. */
  readonly hashEntries: number;
  /** What is right for the first frames of the trace. */
  readonly expected: readonly Verdict[];
}

/** The yardstick's map has at least so many entries. */
const SMALLEST_HASH = 1000;
/** What is right is found out for so many frames of a trace; fewer where there are so many rules that a scan takes long. */
const MOST_CHECKED = 4096;
/** Rules that a scan may look at: about three seconds. */
const SCANNED_RULES = 400_000_000;
/** Rules that the reference evaluator may look at. */
const EVALUATED_RULES = 200_000;

/**
 * Makes traffic for a filter, and finds out what is right for its first frames by a scan of the rules, which is compared
 * with the reference evaluator on the first few.
 *
 * @throws RangeError for no packets
 */
export function prepareTraffic(filter: Filter, options: TrafficOptions = {}): Traffic {
  const { seed = 1, packets = drawPackets(filter, { count: TRACE_FRAMES, seed }) } = options;
  const hashEntries = Math.max(SMALLEST_HASH, filter.size, entriesOfSets(filter));
  const trace = buildTrace(packets, { hashEntries, random: new Random(seed + 1) });
  const scan = new Scan(filter);
  const count = Math.min(MOST_CHECKED, Math.max(256, Math.floor(SCANNED_RULES / (filter.size + 1))));
  const evaluated = Math.min(count, Math.max(8, Math.floor(EVALUATED_RULES / (filter.size + 1))));
  const expected = trace.frames.slice(0, count).map((bytes, index) => {
    const verdict = scan.evaluate({ bytes });
    if (index < evaluated) checkSame(evaluate(filter, { bytes }), verdict, bytes);
    return verdict;
  });
  return { trace, packets: packets.length, hashEntries, expected };
}

function checkSame(one: Verdict, other: Verdict, bytes: Uint8Array): void {
  if (one.rule === other.rule && one.action === other.action) return;
  throw new Error(`unreachable: the scan says rule ${other.rule} on ${bytes.toHex()}, the evaluator rule ${one.rule}`);
}

/** Entries of all sets together: those of a set that rules share count once. */
function entriesOfSets(filter: Filter): number {
  const seen = new Set<unknown>();
  let entries = 0;
  for (const { matches } of filter) {
    for (const match of matches) {
      const { operand } = match;
      if (operand.kind !== "set" || seen.has(operand.ranges)) continue;
      seen.add(operand.ranges);
      entries += rangesIn(match);
    }
  }
  return entries;
}
