import assert from "node:assert/strict";
import type { StrategyName } from "../../lib/classify/plan.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { Action } from "../../lib/model/hooks.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, ipv4, ipv6, udp } from "../packets/build.ts";
import { type SwapKind, swapUnderTraffic } from "./traffic.ts";

/**
 * How the rules are put into the program. `KEFIR_SWAP=in-place` writes the live tables instead of replacing them, and makes
 * the test of the swap fail.
 */
const KIND: SwapKind = Deno.env.get("KEFIR_SWAP") === "in-place" ? "in-place" : "atomic";

const PACKETS = 24;

/** What the first and the second filter do with packet `i`: each combination, as often. */
function actionsOf(i: number): readonly [Action, Action] {
  return [i & 1 ? "drop" : "pass", i & 2 ? "drop" : "pass"];
}

/** Addresses and ports that come in other combinations than others do: no table alone knows a packet. */
const packetOf = (i: number): Packet =>
  frame(ethernet(), ipv4({ src: `10.${i % 6}.0.1`, dst: `10.${100 + i % 5}.0.1`, ttl: 10 + i % 4 }), udp({ dst: i }));

/** A rule for each packet; those of the two filters are the same, or not, and in another order among other rules. */
function filterOf(which: 0 | 1): Filter {
  const rules = Array.from({ length: PACKETS }, (_, i): RuleInput => ({
    action: actionsOf(i)[which],
    matches: [
      { field: "ip.src", value: `10.${i % 6}.0.0/${i % 8 < 4 ? 16 : 20 + which}` },
      { field: "ip.dst", value: `10.${100 + i % 5}.0.0/${16 + which}` },
      { field: "udp.dstport", value: i },
      { field: "ip.ttl", value: 10 + i % 4 },
    ],
  }));
  const others = Array.from({ length: 40 }, (_, i): RuleInput => ({
    action: i % 2 === which ? "drop" : "pass",
    matches: [
      { field: "ip.src", value: `10.${i % 9}.${which}.${i}` },
      { field: "ip.dst", value: `10.${100 + i % 7}.${i}.0/24` },
      { field: "udp.dstport", value: 500 + i },
      { field: "ip.ttl", value: 9 + which + i % 3 },
    ],
  }));
  return new Filter({ rules: which === 0 ? [...others, ...rules] : [...rules.toReversed(), ...others.toReversed()] });
}

/** The same, with a set of many addresses in place of one destination: another one for every packet and filter. */
function setFilterOf(which: 0 | 1): Filter {
  const rules = filterOf(which).rules.map((rule, i): RuleInput => {
    const [src, dst, ...rest] = rule.matches;
    const value = [...dst!.operand.kind === "value" ? [destinationOf(dst!.operand.value)] : []];
    for (let j = 0; j < 300; j++) value.push(`10.${110 + which}.${j >> 4}.${(j & 15) * 16 + i % 16}`);
    return { action: rule.action, matches: [src!, { field: "ip.dst", operator: "in", value }, ...rest] };
  });
  return new Filter({ rules });
}

function destinationOf(value: bigint): string {
  return `10.${value >> 16n & 255n}.0.1`;
}

/** Addresses of 128 bits, which `classes` looks up in functions of their own. */
function ipv6FilterOf(which: 0 | 1): Filter {
  const rules = Array.from({ length: PACKETS }, (_, i): RuleInput => ({
    action: actionsOf(i)[which],
    matches: [
      { field: "ipv6.src", value: `2001:db8:${i % 6}::/${i % 8 < 4 ? 48 : 52 + which}` },
      { field: "ipv6.dst", value: `2001:db8:${100 + i % 5}::/${48 + which}` },
      { field: "udp.dstport", value: i },
    ],
  }));
  const others = Array.from({ length: 40 }, (_, i): RuleInput => ({
    action: i % 2 === which ? "drop" : "pass",
    matches: [
      // Before the addresses of packets or behind them: their classes get other numbers.
      { field: "ipv6.src", value: `2001:${which === 0 ? "db7" : "db9"}:${i}::1` },
      { field: "ipv6.dst", value: `2001:${which === 0 ? "db9" : "db7"}:${i}::/64` },
      { field: "udp.dstport", value: 500 + i },
    ],
  }));
  return new Filter({ rules: which === 0 ? [...others, ...rules] : [...rules.toReversed(), ...others.toReversed()] });
}

const ipv6PacketOf = (i: number): Packet =>
  frame(ethernet(), ipv6({ src: `2001:db8:${i % 6}::1`, dst: `2001:db8:${100 + i % 5}::1` }), udp({ dst: i }));

type Filters = (which: 0 | 1) => Filter;

function trial(
  strategy: StrategyName,
  { filters, make = packetOf, ...options }: {
    readonly filters: Filters;
    readonly make?: (i: number) => Packet;
    readonly swaps: number;
    readonly kind: SwapKind;
    readonly repeat?: number;
  },
) {
  const packets = Array.from({ length: PACKETS }, (_, i) => make(i));
  return swapUnderTraffic({ strategy, filters: [filters(0), filters(1)], packets, ...options });
}

for (const strategy of ["classes", "tuple"] as const) {
  tierTest(
    "kernel",
    `no packet sees anything but the old rules or the new ones, a thousand times, ${strategy}`,
    async () => {
      const { violations, judged } = await trial(strategy, { filters: filterOf, swaps: 1000, kind: KIND });
      assert.deepEqual(violations, []);
      // All packets between any two swaps.
      assert.ok(judged > 1000 * PACKETS, `${judged} packets`);
    },
  );

  tierTest("kernel", `no packet sees anything but the old sets or the new ones, ${strategy}`, async () => {
    const { violations } = await trial(strategy, { filters: setFilterOf, swaps: 100, kind: KIND });
    assert.deepEqual(violations, []);
  });

  tierTest("kernel", `no packet sees anything but the old rules or the new ones, of IPv6, ${strategy}`, async () => {
    const { violations } = await trial(strategy, {
      filters: ipv6FilterOf,
      make: ipv6PacketOf,
      swaps: 200,
      kind: KIND,
      repeat: 500,
    });
    assert.deepEqual(violations, []);
  });

  tierTest("kernel", `tables that are written while packets use them are found out, ${strategy}`, async () => {
    const { violations } = await trial(strategy, { filters: filterOf, swaps: 40, kind: "in-place" });
    assert.ok(violations.some((one) => one.includes("neither")), "no packet met what neither filter does");
    assert.ok(violations.some((one) => one.includes("counted")), "each count is right");
  });
}
