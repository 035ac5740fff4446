import assert from "node:assert/strict";
import type { MatchInput } from "../../lib/model/match.ts";
import { createMatch, type Match } from "../../lib/model/match.ts";
import { isEverything, neverHolds, normalizeMatch, type Side, type Term } from "../../lib/model/normal_form.ts";
import { OPERATORS } from "../../lib/model/operator.ts";
import { placeOf, presencesOf } from "../../lib/model/places.ts";
import { PresenceBits } from "../../lib/model/presence_bits.ts";
import { FIELDS, sidesOf } from "../../lib/model/fields.ts";
import { dissect, type Dissection } from "../../lib/semantics/dissect.ts";
import { matchHolds, readField } from "../../lib/semantics/evaluate.ts";
import { ALL_CASES } from "../cases/all_cases.ts";
import { casesOf } from "../cases/field_cases.ts";
import { ethernet, frame, ipv4, udp } from "../packets/build.ts";

/** What the comment on Term says, word by word. */
function termHolds(term: Term, dissection: Dissection): boolean {
  const present = term.sides.flatMap((side) => {
    const value = readField(side.field, dissection);
    return value === undefined ? [] : [isIn(side, value)];
  });
  return term.negated ? present.length > 0 && !present.includes(true) : present.includes(true);
}

function isIn({ mask, ranges }: Side, value: bigint): boolean {
  return ranges.some(({ lo, hi }) => lo <= (value & mask) && (value & mask) <= hi);
}

for (const fieldCases of ALL_CASES) {
  Deno.test(`normalizeMatch() keeps the meaning of every case of ${fieldCases.field}`, () => {
    for (const { name, matches, packet, holds } of casesOf(fieldCases)) {
      const dissection = dissect(packet);
      const found = matches.every((match) => termHolds(normalizeMatch(createMatch(match)), dissection));
      assert.equal(found, holds, name);
    }
  });
}

Deno.test("normalizeMatch() keeps the meaning of every operator, value and mask of three bits, on every value", () => {
  const bits = Array.from({ length: 8 }, (_, index) => index);
  const packets = bits.map((ttl) => dissect(frame(ethernet(), ipv4({ ttl }), udp())));
  const inputs: MatchInput[] = OPERATORS.flatMap((operator) =>
    bits.flatMap((value) =>
      bits.flatMap((low) =>
        // The upper bits of the field are zero: a mask may have them or not.
        [low, 0xf8 | low].map((mask) =>
          operator === "in" || operator === "not in"
            ? { field: "ip.ttl", operator, value: [{ lo: Math.min(value, 5), hi: value }, 7], mask }
            : { field: "ip.ttl", operator, value, mask }
        )
      )
    )
  );
  for (const input of inputs) {
    const match = createMatch(input);
    const term = normalizeMatch(match);
    for (const dissection of packets) {
      assert.equal(termHolds(term, dissection), matchHolds(match, dissection), Deno.inspect({ input, term }));
    }
    if (neverHolds(term)) packets.forEach((one) => assert.equal(matchHolds(match, one), false, Deno.inspect(input)));
  }
});

Deno.test("normalizeMatch() gives ranges in ascending order that do not touch, within the mask", () => {
  for (const { matches } of ALL_CASES.flatMap(casesOf)) {
    for (const match of matches) {
      for (const { mask, ranges } of normalizeMatch(createMatch(match)).sides) {
        [...ranges].forEach(({ lo, hi }, index) => {
          assert.ok(lo <= hi && hi <= mask);
          assert.ok(index === 0 || lo > ranges.at(index - 1)!.hi + 1n);
        });
      }
    }
  }
});

Deno.test("neverHolds() and isEverything() know the ends", () => {
  const never: MatchInput[] = [
    { field: "ip.ttl", operator: "<", value: 0 },
    { field: "ip.ttl", operator: ">", value: 255 },
    { field: "ip.ttl", operator: "in", value: [] },
    { field: "ip.ttl", operator: "not in", value: ["0..255"] },
    { field: "ip.ttl", operator: "!=", value: "0/0" },
    { field: "ip.ttl", operator: ">", value: "0xf0/0xf0" },
    { field: "tcp.port", operator: "not in", value: ["0..65535"] },
  ];
  const sometimes: MatchInput[] = [
    { field: "ip.ttl", operator: "<", value: 1 },
    { field: "ip.ttl", operator: "not in", value: [] },
    { field: "ip.ttl", operator: "not in", value: ["0..254"] },
    { field: "ip.ttl", value: "0/0" },
    { field: "ip.src", value: ["::1"] },
    { field: "ip.src", operator: "not in", value: ["0.0.0.0/0", "::1"] },
  ];
  for (const input of never) assert.equal(neverHolds(normalizeMatch(createMatch(input))), true, Deno.inspect(input));
  for (const input of sometimes) {
    assert.equal(neverHolds(normalizeMatch(createMatch(input))), false, Deno.inspect(input));
  }
  const whole = (input: MatchInput) => normalizeMatch(createMatch(input)).sides.map(isEverything);
  assert.deepEqual(whole({ field: "tcp.port", operator: ">=", value: 0 }), [true, true]);
  assert.deepEqual(whole({ field: "ip.ttl", operator: ">=", value: 1 }), [false]);
  assert.deepEqual(whole({ field: "ip.ttl", value: "0/0" }), [true]);
});

Deno.test("normalizeMatch() refuses a list that was not resolved", () => {
  const match = { field: "ip.src", operator: "in", operand: { kind: "list", file: "x" } } as Match;
  assert.throws(() => normalizeMatch(match), RangeError);
});

Deno.test("places are shared by fields of the same bits, and by no others", () => {
  const byName = new Map<string, string>();
  for (const field of FIELDS.flatMap(sidesOf)) {
    const { name, layer, offsetBits, widthBits } = placeOf(field);
    assert.deepEqual([layer, offsetBits, widthBits], [field.layer, field.offsetBits, field.widthBits]);
    assert.match(name, /^[a-z][a-z0-9_]*$/);
    const bits = `${layer} ${offsetBits} ${widthBits}`;
    assert.equal(byName.get(name) ?? bits, bits);
    byName.set(name, bits);
  }
  assert.equal(new Set(byName.values()).size, byName.size);
});

Deno.test("presences of fields on the same bits tell them apart", () => {
  const concrete = FIELDS.flatMap((field) => field.kind === "concrete" ? [field] : []);
  const bits = new PresenceBits(new Set(concrete.flatMap(presencesOf)));
  const keys = concrete.map((field) => `${placeOf(field).name} ${bits.wideMaskOf(field)}`);
  assert.equal(new Set(keys).size, concrete.length);
  for (const field of concrete) assert.ok(presencesOf(field).length > 0 && bits.wideMaskOf(field) > 0n);
});
