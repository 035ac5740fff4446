/**
 * Random rules of ethtool, drawn from the table of its keywords, with what they say.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { fieldNamed } from "../../lib/model/fields.ts";
import { formatValue, isAddress } from "../../lib/model/value_text.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import { ETHTOOL_KEYWORDS, FLOW_TYPES, type FlowType } from "../../lib/syntax/ethtool_keywords.ts";
import { anyValue } from "./arbitrary.ts";

/** What a keyword of a rule says: the bits of a field that are compared, and what they are. */
export interface Said {
  readonly field: string;
  readonly value: bigint;
  /** All ones without a mask. */
  readonly compared: bigint;
}

/** A rule. */
export interface EthtoolRule {
  readonly words: readonly string[];
  readonly flowType: FlowType;
  readonly said: readonly Said[];
  readonly action: "pass" | "drop";
  readonly location?: number;
}

const COMMANDS = ["-U", "-N", "--config-nfc", "--config-ntuple"];
const ACTIONS = [
  { words: ["action", "-1"], action: "drop" },
  { words: ["action", "0xffffffffffffffff"], action: "drop" },
  { words: ["action", "0"], action: "pass" },
  { words: ["queue", "0"], action: "pass" },
  { words: [], action: "pass" },
] as const;

/** Any rule that kefir reads. */
export const ethtoolRule: fc.Arbitrary<EthtoolRule> = fc.record({
  flowType: fc.constantFrom(...FLOW_TYPES),
  action: fc.constantFrom(...ACTIONS),
  location: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  command: fc.option(fc.constantFrom(...COMMANDS), { nil: undefined }),
}).chain(({ flowType, action, location, command }) =>
  parts(flowType).chain((matches) => {
    const place = location === undefined ? [] : ["loc", String(location)];
    const groups = [...matches.map(({ words }) => words), action.words, place];
    return fc.shuffledSubarray(groups, { minLength: groups.length }).map((shuffled): EthtoolRule => ({
      words: [
        ...command === undefined ? [] : ["ethtool", command, "eth0"],
        ...["flow-type", flowType.name, ...shuffled.flat()],
      ],
      flowType,
      said: matches.map(({ said }) => said),
      action: action.action,
      ...(location !== undefined && { location }),
    }));
  })
);

/** Some of the keywords that a flow type has, none beside one of the same bytes. */
function parts(flowType: FlowType): fc.Arbitrary<{ readonly words: readonly string[]; readonly said: Said }[]> {
  const keywords = ETHTOOL_KEYWORDS.filter(({ name }) => flowType.fields.has(name));
  return fc.shuffledSubarray(keywords).chain((shuffled) => {
    const filled = new Set<string>();
    const chosen = shuffled.filter((keyword) => {
      if (keyword.parts.some((part) => filled.has(part))) return false;
      keyword.parts.forEach((part) => filled.add(part));
      return true;
    });
    return fc.tuple(...chosen.map(({ name }) => part(name, flowType.fields.get(name) as string)));
  });
}

function part(keyword: string, fieldName: string) {
  const field = fieldNamed(fieldName);
  const all = allOnes(field.widthBits);
  const written = anyValue(field.widthBits).chain((value) =>
    isAddress(field.format)
      ? fc.constant({ value, text: formatValue(field, value) })
      : fc.constantFrom(...notations(value)).map((text) => ({ value, text }))
  );
  return fc.tuple(written, written, fc.constantFrom("", "m", `${keyword}-mask`)).map(([first, ignored, marker]) =>
    marker === "" ? { words: [keyword, first.text], said: { field: fieldName, value: first.value, compared: all } } : {
      words: [keyword, first.text, marker, ignored.text],
      said: { field: fieldName, value: first.value, compared: all ^ ignored.value },
    }
  );
}

/** As strtoull reads it with base 0; minus counts down from 2^64. */
function notations(value: bigint): string[] {
  const negative = value === 0n ? "-0" : `-${(1n << 64n) - value}`;
  return [
    `${value}`,
    `+${value}`,
    `0x${value.toString(16)}`,
    `0X${value.toString(16)}`,
    `0${value.toString(8)}`,
    negative,
  ];
}
