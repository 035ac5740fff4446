/**
 * Random rules of ethtool: read as what they say, printed and read back, and scripts of them as ethtool would run them.
 */

import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { fieldNamed } from "../../lib/model/fields.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { freezeMatch, type Match } from "../../lib/model/match.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { printFilter, printRule } from "../../lib/syntax/print.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { anyFilter } from "./arbitrary.ts";
import { type EthtoolRule, ethtoolRule } from "./arbitrary_ethtool.ts";

const RUNS = { numRuns: 2000 };

Deno.test("parseRule() reads of every rule of ethtool what it says", () => {
  fc.assert(
    fc.property(ethtoolRule, (written) => {
      const { rule } = parseRule(written.words);
      assert.deepEqual(plain(rule), plain(meaningOf(written)));
      assert.deepEqual(plain(parseRule(written.words.join(" ")).rule), plain(rule));
    }),
    RUNS,
  );
});

Deno.test("parseRule(printRule()) gives every rule of ethtool back", () => {
  fc.assert(
    fc.property(ethtoolRule, ({ words }) => {
      const { rule } = parseRule(words);
      const printed = printRule(rule, "ethtool");
      assert.deepEqual(plain(parseRule(printed).rule), plain(rule));
      assert.equal(printRule(parseRule(printed).rule, "ethtool"), printed);
    }),
    RUNS,
  );
});

/** A line of a script: a rule, or one that takes a rule out. */
const line = fc.oneof(
  { weight: 5, arbitrary: ethtoolRule },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 9 }) },
);

Deno.test("parseFilter() makes of a script the rules that it leaves on a card, by their location", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.map((one) => typeof one === "number" ? `ethtool -U eth0 delete ${one}` : one.words.join(" "));
      const { filter } = parseFilter(text.join("\n"));
      assert.deepEqual(filter.rules.map((rule) => plain(rule)), rulesLeft(lines).map((rule) => plain(meaningOf(rule))));
      // What is printed has no locations, and the same order.
      const { filter: back } = parseFilter(printFilter(filter, "ethtool"));
      assert.deepEqual(back.rules.map((rule) => plain(rule)), filter.rules.map((rule) => plain(rule)));
    }),
    { numRuns: 500 },
  );
});

Deno.test("printFilter() to ethtool names each rule that it cannot say, with a reason", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const refused = filter.rules.flatMap((rule, index) => cannotSay(rule) ? [index] : []);
      assert.deepEqual(namedBy(filter), refused);
    }),
    RUNS,
  );
});

/** What ethtool does with a script, by a table of locations. */
function rulesLeft(lines: readonly (EthtoolRule | number)[]): readonly EthtoolRule[] {
  const placed = new Map<number, EthtoolRule>();
  const others: EthtoolRule[] = [];
  for (const one of lines) {
    if (typeof one === "number") placed.delete(one);
    else if (one.location === undefined) others.push(one);
    else placed.set(one.location, one);
  }
  return [...[...placed].sort(([a], [b]) => a - b).map(([, rule]) => rule), ...others];
}

/** What a rule says by itself and by its keywords; matches in one order. */
function meaningOf({ flowType, said, action }: EthtoolRule): Rule {
  // What a mask ignores whole is not compared.
  const matches = said.filter(({ compared }) => compared !== 0n).map(({ field, value, compared }) =>
    freezeMatch(fieldNamed(field), "==", { kind: "value", value: value & compared, mask: compared })
  );
  return { action, matches: [...flowType.implied, ...matches] };
}

function plain({ action, matches }: Rule): unknown {
  const texts = matches.map((match: Match) =>
    JSON.stringify(match, (_key, part: unknown) => typeof part === "bigint" ? `${part}` : part)
  );
  return [action, texts.sort()];
}

function cannotSay(rule: Rule): boolean {
  try {
    printRule(rule, "ethtool");
    return false;
  } catch (error) {
    assert.ok(error instanceof FilterError && error.message.startsWith("ethtool cannot say this rule: "));
    return true;
  }
}

function namedBy(filter: Filter): readonly (number | undefined)[] {
  try {
    printFilter(filter, "ethtool");
    return [];
  } catch (error) {
    assert.ok(error instanceof FilterError);
    return error.diagnostics.map(({ rule }) => rule);
  }
}
