import assert from "node:assert/strict";
import { planWith } from "../../lib/classify/choose.ts";
import { isRefusal, type Plan, type StrategyName } from "../../lib/classify/plan.ts";
import { Random } from "../../lib/bench/random.ts";
import { createCprog } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { createMatch, type MatchInput } from "../../lib/model/match.ts";
import { createRule } from "../../lib/model/rule.ts";
import { resolveLists } from "../../lib/syntax/list_file.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { runInKernel } from "../judges/kernel.ts";
import { makeTrial, tryPlan } from "../judges/large.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, ipv4, ipv6, tcp } from "../packets/build.ts";

const TABLES = ["classes", "tuple", "linear"] as const;

function planOf(filter: Filter, strategy: StrategyName): Plan {
  const plan = planWith(strategy, filter, { textOf: () => "" });
  assert.ok(!isRefusal(plan), isRefusal(plan) ? plan.what : "");
  return plan;
}

/** Hundreds of sets that overlap, of both families, some of them refused, beside other matches. */
function manySets(count: number): Filter {
  const random = new Random(1);
  const set = (): string[] =>
    Array.from({ length: 20 + random.below(60) }, () => {
      const byte = () => random.below(256);
      if (random.oneIn(3)) return `2001:db8:${random.below(64).toString(16)}::${random.below(4096).toString(16)}`;
      return random.oneIn(4) ? `10.${byte()}.0.0/16` : `10.${byte()}.${byte()}.${byte()}`;
    });
  const rules = Array.from({ length: count }, (_, index) => {
    const matches: MatchInput[] = [
      { field: index % 2 === 0 ? "ip.src" : "ip.addr", operator: index % 7 === 6 ? "not in" : "in", value: set() },
      { field: "tcp.dstport", operator: "<", value: 100 * (index % 9) },
    ];
    if (index % 5 === 0) matches.push({ field: "ip.dst", value: set() });
    return createRule({ action: index % 3 === 0 ? "pass" : "drop", matches: matches.map((one) => createMatch(one)) });
  });
  return new Filter({ rules });
}

tierTest("kernel", "hundreds of sets that overlap are right in every strategy that holds them", async () => {
  for (const [count, strategies] of [[12, TABLES], [300, ["tuple", "linear"]]] as const) {
    const filter = manySets(count);
    const trial = makeTrial(filter, { packets: 600, seed: count });
    for (const strategy of strategies) {
      const plan = planOf(filter, strategy);
      if (strategy === "tuple") assert.ok((plan.sets?.facts.sets ?? 0) > count);
      for (const hook of ["xdp", "tc-ingress"] as const) await tryPlan(trial, plan, hook);
    }
  }
});

tierTest("kernel", "a set under a mask with holes is looked up by what the mask leaves", async () => {
  const random = new Random(2);
  const mask = "255.0.255.15";
  const value = Array.from({ length: 700 }, () => `${random.below(256)}.0.${random.below(256)}.${random.below(16)}`);
  const filter = new Filter({
    rules: [{ action: "drop", matches: [{ field: "ip.src", operator: "in", value, mask }] }],
  });
  const trial = makeTrial(filter, { packets: 400, seed: 3 });
  for (const strategy of TABLES) await tryPlan(trial, planOf(filter, strategy), "xdp");
});

const ENTRIES = 1_000_000;

/** A list as block lists are, and its addresses in order: what it means is found here by halving. */
function longList() {
  const random = new Random(4);
  const low = Uint32Array.from({ length: ENTRIES / 2 }, () => random.u32()).sort();
  const high = BigUint64Array.from({ length: ENTRIES / 2 }, () => BigInt.asUintN(62, random.bits(64))).sort();
  const lines = ["# A block list\r\n", "\r\n"];
  low.forEach((address, index) => {
    lines.push(`${formatIpv4(address)}${index % 100 === 0 ? "\t; why" : ""}\r\n`);
    lines.push(`${formatHigh(high[index]!)}::${index % 3 === 0 ? "/64" : "1"}\r\n`);
  });
  const isIpv4 = (address: number) => low[halve(low, address)] === address;
  const isIpv6 = (upper: bigint, isFirst: boolean) => {
    const at = halve(high, upper);
    // The same upper half may be there twice, once as a prefix.
    for (let index = at; high[index] === upper; index++) if (index % 3 === 0 || isFirst) return true;
    return false;
  };
  return { text: lines.join(""), low, high, isIpv4, isIpv6 };
}

function halve<T extends number | bigint>(sorted: ArrayLike<T>, value: T): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => address >>> shift & 255).join(".");
}

function formatHigh(upper: bigint): string {
  return [48n, 32n, 16n, 0n].map((shift) => (upper >> shift & 0xffffn).toString(16)).join(":");
}

tierTest("kernel", "a list of a million addresses and prefixes says what halving says", async () => {
  const { text, low, high, isIpv4, isIpv6 } = longList();
  const { filter } = resolveLists(parseFilter("drop ip.src in @list").filter, () => text);
  const random = new Random(5);
  const packets = [];
  const expected: boolean[] = [];
  for (let index = 0; index < 4_000; index++) {
    if (index % 2 === 0) {
      const address = index % 8 === 6
        ? random.u32()
        : (low[random.below(low.length)]! + (index % 4 === 0 ? 1 : 0)) >>> 0;
      expected.push(isIpv4(address));
      packets.push(frame(ethernet(), ipv4({ src: formatIpv4(address) }), tcp()));
    } else {
      const upper = high[random.below(high.length)]! + BigInt(index % 16 === 1 ? 1 : 0);
      const isFirst = random.oneIn(2);
      expected.push(isIpv6(upper, isFirst));
      packets.push(frame(ethernet(), ipv6({ src: `${formatHigh(upper)}::${isFirst ? "1" : "2"}` }), tcp()));
    }
  }
  assert.ok(expected.filter((one) => one).length > 1_000 && expected.filter((one) => !one).length > 500);
  for (const strategy of ["classes", "tuple"] as const) {
    const cprog = createCprog(filter, { strategy });
    assert.ok((cprog.plan.sets?.facts.ranges ?? 0) > 0.99 * ENTRIES);
    const likely = expected.map((drops) =>
      drops ? { action: "drop", rule: 0 } as const : { action: "pass", rule: null } as const
    );
    const verdicts = await runInKernel(cprog, packets, likely);
    assert.deepEqual(verdicts.map(({ action }) => action === "drop"), expected, strategy);
  }
});
