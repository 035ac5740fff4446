/**
 * Cases put together, so that a judge that compiles needs few filters.
 *
 * @module
 */

import type { StrategyName } from "../../lib/classify/plan.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import type { Verdict } from "../../lib/semantics/evaluate.ts";
import { casesOf, type FieldCase, type FieldCases, hooksOf } from "./field_cases.ts";

/** A packet under a filter, and what is to come of it. */
export interface Judged {
  readonly packet: Packet;
  readonly expected: Verdict;
  readonly case: FieldCase;
}

/** A filter and the packets that it is tried on. */
export interface Group {
  readonly filter: Filter;
  readonly members: readonly Judged[];
}

/** Rules that strategies hold whatever the fields; compiling twice as many takes little longer. */
const RULES_PER_FILTER = 120;

/** The same of `inline`, which is refused by comparisons. */
const RULES_PER_INLINE_FILTER = 60;

/** How many rules a judge is to be given at once, for it has to compile them. */
export function rulesFor(strategy: StrategyName): number {
  return strategy === "inline" ? RULES_PER_INLINE_FILTER : RULES_PER_FILTER;
}

/** Fields one after another whose cases fit into one filter; what has more than that is alone. */
export function bundlesOf(fields: readonly FieldCases[]): FieldCases[][] {
  const bundles: { readonly fields: FieldCases[]; lists: number }[] = [];
  for (const one of fields) {
    const lists = byMatches(casesOf(one)).length;
    const last = bundles.at(-1);
    if (last !== undefined && last.lists + lists <= RULES_PER_FILTER) {
      last.fields.push(one);
      last.lists += lists;
    } else {
      bundles.push({ fields: [one], lists });
    }
  }
  return bundles.map(({ fields }) => fields);
}

/** The cases that can be tried at a hook. */
export function casesAt(hook: HookName, cases: readonly FieldCase[]): FieldCase[] {
  return cases.filter((one) => hooksOf(one).includes(hook));
}

/** One filter of one rule for each list of matches. */
export function groupApart(cases: readonly FieldCase[]): Group[] {
  return byMatches(cases).map((same) => ({
    filter: new Filter({ rules: [{ action: "drop", matches: same[0]!.matches }] }),
    members: same.map((one) => ({ packet: one.packet, expected: expected(one, 0), case: one })),
  }));
}

/**
 * Many lists of matches in one filter. Each rule asks for a mark of its own, besides its matches, and each packet has the
 * mark of its rule, so that no rule stands in another's way. The mark is a MAC address that the matches do not ask for, or
 * the Ethernet type when they ask for both.
 */
export function groupTogether(cases: readonly FieldCase[], rulesPerFilter = RULES_PER_FILTER): Group[] {
  const groups: Group[] = [];
  for (const place of Object.keys(MARKS) as MarkPlace[]) {
    const lists = byMatches(cases.filter((one) => markPlace(one) === place));
    for (let start = 0; start < lists.length; start += rulesPerFilter) {
      groups.push(markedGroup(place, lists.slice(start, start + rulesPerFilter)));
    }
  }
  return groups;
}

function markedGroup(place: MarkPlace, lists: readonly FieldCase[][]): Group {
  return {
    filter: new Filter({
      rules: lists.map((same, index) => ({
        action: "drop",
        matches: [{ field: place, value: markBytes(place, index) }, ...same[0]!.matches],
      })),
    }),
    members: lists.flatMap((same, index) =>
      same.map((one) => ({ packet: mark(one.packet, place, index), expected: expected(one, index), case: one }))
    ),
  };
}

function byMatches(cases: readonly FieldCase[]): FieldCase[][] {
  const lists = Map.groupBy(cases, ({ matches }) => JSON.stringify(matches, (_key, value) => plain(value)));
  return [...lists.values()];
}

/** Tells apart what JSON would write alike: the bytes 80, the number 80 and the bigint 80. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return `bigint ${value}`;
  return value instanceof Uint8Array ? `bytes ${value.toHex()}` : value;
}

function expected({ holds }: FieldCase, rule: number): Verdict {
  return holds ? { action: "drop", rule } : { action: "pass", rule: null };
}

type MarkPlace = keyof typeof MARKS;

/** Where packets are marked, in the order of preference: bytes that no case has there, and what is left of an index. */
const MARKS = {
  "eth.src": { offset: 6, bytes: [0x06, 0x4b, 0x45, 0x46] },
  "eth.dst": { offset: 0, bytes: [0x06, 0x4b, 0x45, 0x46] },
  // Takes away what follows the Ethernet header, which only a case on both addresses can do without.
  "eth.type": { offset: 12, bytes: [] },
} as const;

/** The place that the case does not ask for. */
function markPlace({ matches }: FieldCase): MarkPlace {
  const asked = new Set(matches.map(({ field }) => field));
  if (asked.has("eth.addr") || asked.has("eth.src") && asked.has("eth.dst")) {
    const others = [...asked].filter((field) => !["eth.addr", "eth.src", "eth.dst"].includes(field));
    if (others.length > 0) throw new RangeError(`Cannot mark packets of a case on both addresses and ${others}`);
    return "eth.type";
  }
  return asked.has("eth.src") ? "eth.dst" : "eth.src";
}

function markBytes(place: MarkPlace, index: number): Uint8Array<ArrayBuffer> {
  // 0xee00 and above are types of nothing.
  return Uint8Array.of(...MARKS[place].bytes, 0xee, index);
}

/** The marked packet. One that is cut before the mark's end has no field that a rule could hold on. */
function mark(packet: Packet, place: MarkPlace, index: number): Packet {
  const bytes = packet.bytes.slice();
  const marked = markBytes(place, index);
  if (bytes.length >= MARKS[place].offset + marked.length) bytes.set(marked, MARKS[place].offset);
  return { ...packet, bytes };
}
