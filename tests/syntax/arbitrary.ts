/**
 * Random rules: whatever FIELDS and the model allow, and what each tool can say.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import type { Field } from "../../lib/model/field.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { counterpartOf, freezeMatch, joinRanges, type Match, type Ranges } from "../../lib/model/match.ts";
import { isSetOperator, OPERATORS } from "../../lib/model/operator.ts";
import { freezeRule, type Rule, type RuleSource } from "../../lib/model/rule.ts";
import { allOnes, prefixMask } from "../../lib/net/bytes.ts";

/** A value of so many bits: mostly near the ends and short, sometimes anything. */
export function anyValue(widthBits: number): fc.Arbitrary<bigint> {
  const max = allOnes(widthBits);
  const small = fc.bigInt({ min: 0n, max: max < 20n ? max : 20n });
  return fc.oneof(small, small.map((one) => max - one), fc.bigInt({ min: 0n, max }));
}

function mask(widthBits: number): fc.Arbitrary<bigint | undefined> {
  const prefix = fc.integer({ min: 0, max: widthBits }).map((length) => prefixMask(length, widthBits));
  return fc.oneof(fc.constant(undefined), prefix, anyValue(widthBits));
}

function ranges(widthBits: number, minLength: number): fc.Arbitrary<Ranges> {
  const range = fc.tuple(anyValue(widthBits), anyValue(widthBits), fc.boolean()).map(([a, b, isPoint]) => {
    if (isPoint) return { lo: a, hi: a };
    return a < b ? { lo: a, hi: b } : { lo: b, hi: a };
  });
  return fc.array(range, { minLength, maxLength: 4 }).map(joinRanges);
}

/** Any match that the model can have. */
export const anyMatch: fc.Arbitrary<Match> = fc.constantFrom(...FIELDS).chain(matchOf);

function matchOf(field: Field): fc.Arbitrary<Match> {
  const { widthBits } = field;
  return fc.constantFrom(...OPERATORS).chain((operator): fc.Arbitrary<Match> => {
    if (!isSetOperator(operator)) {
      return fc.tuple(anyValue(widthBits), mask(widthBits)).map(([one, bits]) =>
        freezeMatch(field, operator, {
          kind: "value",
          value: one & (bits ?? one),
          ...(bits !== undefined && { mask: bits }),
        })
      );
    }
    const list = fc.tuple(fc.string({ unit: "binary", minLength: 1 }), mask(widthBits)).map(([file, bits]) =>
      freezeMatch(field, operator, { kind: "list", file, ...(bits !== undefined && { mask: bits }) })
    );
    const set = fc.tuple(ranges(widthBits, 0), mask(widthBits)).map(([some, bits]) =>
      freezeMatch(field, operator, { kind: "set", ranges: some, ...(bits !== undefined && { mask: bits }) })
    );
    if (field.counterpart === undefined) return fc.oneof(list, set);
    const both = fc.tuple(ranges(widthBits, 0), ranges(counterpartOf(field).widthBits, 1)).map(([some, ipv6Ranges]) =>
      freezeMatch(field, operator, { kind: "set", ranges: some, ipv6Ranges })
    );
    return fc.oneof(list, set, both);
  });
}

/** Any match that libkefir's JSON can say. */
const libkefirMatch: fc.Arbitrary<Match> = fc.constantFrom(...FIELDS.filter((field) => field.libkefir !== undefined))
  .chain((field) =>
    fc.record({
      operator: fc.constantFrom("==", "!=", "<", "<=", ">", ">="),
      one: anyValue(field.widthBits),
      bits: mask(field.widthBits).filter((bits) => bits !== 0n),
    }).map(({ operator, one, bits }) =>
      freezeMatch(field, operator, {
        kind: "value",
        value: one & (bits ?? one),
        ...(bits !== undefined && { mask: bits }),
      })
    )
  );

const action = fc.constantFrom("pass" as const, "drop" as const);
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/);
const text = fc.string({ unit: "binary" });
const source: fc.Arbitrary<RuleSource> = fc.record(
  { text, file: text, line: fc.integer({ min: 1 }) },
  { requiredKeys: ["text"] },
);

/** Any filter that the model can have. */
export const anyFilter: fc.Arbitrary<Filter> = fc.tuple(
  fc.array(
    fc.record({ name, action, matches: fc.array(anyMatch, { maxLength: 4 }), source }, {
      requiredKeys: ["action", "matches"],
    }).map((rule) => freezeRule(rule as Rule)),
    { maxLength: 5 },
  ),
  action,
).map(([rules, defaultAction]) => new Filter({ rules, defaultAction }));

/** Any filter that libkefir's JSON can say. */
export const libkefirFilter: fc.Arbitrary<Filter> = fc.array(
  fc.record({ action, matches: fc.array(libkefirMatch, { maxLength: 5 }) }).map((rule) => freezeRule(rule)),
  { maxLength: 5 },
).map((rules) => new Filter({ rules }));
