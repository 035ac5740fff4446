/**
 * Cases put together, so that a judge that compiles needs few filters.
 *
 * @module
 */

import { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import type { Verdict } from "../../lib/semantics/evaluate.ts";
import { type FieldCase, hooksOf } from "./field_cases.ts";

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
 * Many lists of matches in one filter. Each rule asks for a MAC address of its own, besides its matches, and each packet
 * has the address of its rule, so that no rule stands in another's way. The address is one that the matches do not ask
 * for; cases that ask for both stay apart.
 */
export function groupTogether(cases: readonly FieldCase[], rulesPerFilter = 48): Group[] {
  const groups: Group[] = groupApart(cases.filter((one) => markPlace(one) === undefined));
  for (const place of ["eth.src", "eth.dst"] as const) {
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
        matches: [{ field: place, value: markBytes(index) }, ...same[0]!.matches],
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

type MarkPlace = "eth.src" | "eth.dst";

/** The address that the case does not ask for. */
function markPlace({ matches }: FieldCase): MarkPlace | undefined {
  const asked = new Set(matches.map(({ field }) => field));
  if (asked.has("eth.addr") || asked.has("eth.src") && asked.has("eth.dst")) return undefined;
  return asked.has("eth.src") ? "eth.dst" : "eth.src";
}

/** A locally administered unicast address that no case has. */
function markBytes(index: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x06, 0x4b, 0x45, 0x46, index >> 8, index & 0xff);
}

/** The packet with the marked address. One that is cut before its end has no field that a rule could hold on. */
function mark(packet: Packet, place: MarkPlace, index: number): Packet {
  const bytes = packet.bytes.slice();
  const offset = place === "eth.dst" ? 0 : 6;
  if (bytes.length >= offset + 6) bytes.set(markBytes(index), offset);
  return { ...packet, bytes };
}
