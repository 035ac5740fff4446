/**
 * ClassBench rule sets: `@SRC/LEN DST/LEN LO : HI LO : HI PROTO/MASK FLAGS/MASK` a line, tab-separated by habit. Rules
 * are about IPv4. They carry no action: the rule lines of a text drop and pass in turn. The flags are left out, as is
 * usual practice. Source: Taylor and Turner, "ClassBench: A Packet Classification Benchmark", 2007, and its filter sets.
 *
 * @module
 */

import type { SourceText } from "../diagnostics/span.ts";
import { allOnes, prefixLength, prefixMask } from "../net/bytes.ts";
import { parseIpv4 } from "../net/address.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Action } from "../model/hooks.ts";
import { freezeMatch, joinRanges, type Match } from "../model/match.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { checkWidth, formatValue } from "../model/value_text.ts";
import type { Report } from "./findings.ts";
import { cannotExpress, isFamilyOpen, sameMatches, simplify } from "./implied.ts";
import { hostBitsWarning } from "./readings.ts";
import { type Statement, statementOfWords, wordsOf } from "./statement.ts";
import { quoteWord } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of ClassBench's syntax. */
export const CLASSBENCH: Syntax = Object.freeze({
  name: "classbench",
  description: "ClassBench: @SRC/LEN DST/LEN LO : HI LO : HI PROTO/MASK FLAGS/MASK, dropping and passing in turn",
  recognises: (word: string): boolean => word.startsWith("@"),
  parseRule: parseClassbenchRule,
  printRule: printClassbenchRule,
});

const SOURCE = fieldNamed("ip.src");
const DESTINATION = fieldNamed("ip.dst");
const SOURCE_PORT = fieldNamed("l4.srcport");
const DESTINATION_PORT = fieldNamed("l4.dstport");
const PROTOCOL = fieldNamed("ip.proto");

/** A match of no bits: all that it asks is that the packet is IPv4. */
const IS_IPV4 = freezeMatch(SOURCE, "==", { kind: "value", value: 0n, mask: 0n });

/** What a column says: a match, or nothing, or what is wrong with it. */
type Column = Match | undefined | Problem;

/** The columns without the flags, by their first word; each refers to as many words as its reader takes. */
const COLUMNS: readonly {
  readonly what: string;
  readonly first: number;
  readonly words: number;
  read(text: string, report: (warning: Problem) => void): Column;
}[] = [
  { what: "a source @ADDRESS/LENGTH", first: 0, words: 1, read: (text, report) => readPrefix("ip.src", text, report) },
  {
    what: "a destination ADDRESS/LENGTH",
    first: 1,
    words: 1,
    read: (text, report) => readPrefix("ip.dst", text, report),
  },
  { what: "source ports LOW : HIGH", first: 2, words: 3, read: (text) => readPorts("l4.srcport", text) },
  { what: "destination ports LOW : HIGH", first: 5, words: 3, read: (text) => readPorts("l4.dstport", text) },
  { what: "a protocol VALUE/MASK", first: 8, words: 1, read: readProtocol },
];
const FLAGS_AT = 9;

/** The action of the rule at an index of its text: even drop, odd pass. */
function actionAt(index: number): Action {
  return index % 2 === 0 ? "drop" : "pass";
}

function parseClassbenchRule(statement: Statement, report: Report, index = 0): Rule | undefined {
  // Words with their places are built only for a message: it takes longer than all else.
  const words = statement.words?.map((word) => word.text) ?? statement.text.trim().split(/\s+/);
  const cache = cacheOf(statement.source);
  const matches: Match[] = [];
  let failed = false;
  const place = (first: number, count: number): { at: number; length: number } => {
    const [start, end] = [wordsOf(statement)[first], wordsOf(statement)[first + count - 1]];
    if (start === undefined) return { at: statement.text.length, length: 0 };
    const last = end ?? start;
    return { at: start.at, length: last.at + last.length - start.at };
  };
  for (const column of COLUMNS) {
    const { first, words: count } = column;
    if (words.length < first + count) {
      report(problem("missing-word", `there should be ${column.what}`), place(words.length, 1));
      return undefined;
    }
    const text = count === 1 ? words[first] as string : words.slice(first, first + count).join(" ");
    const key = `${first} ${text}`;
    let match = cache.get(key);
    if (match === undefined && !cache.has(key)) {
      let isClean = true;
      const read = column.read(text, (found) => {
        isClean = false;
        report(found, place(first, count));
      });
      if (isProblem(read)) {
        failed = true;
        report(read, place(first, count));
        continue;
      }
      match = read;
      // A warning is given again for each line that it is about.
      if (isClean) cache.set(key, match);
    }
    if (match !== undefined) matches.push(match);
  }
  const flags = words[FLAGS_AT];
  if (flags !== undefined && !/^0[xX][0-9a-fA-F]{1,4}\/0[xX][0-9a-fA-F]{1,4}$/.test(flags)) {
    failed = true;
    report(problem("bad-value", `${quoteWord(flags)} is not FLAGS/MASK, such as 0x0000/0x0000`), place(FLAGS_AT, 1));
  }
  const extra = words[FLAGS_AT + 1];
  if (extra !== undefined) {
    const found = problem("unexpected-word", `${quoteWord(extra)} cannot stand here`, "the end of the line");
    report(found, place(FLAGS_AT + 1, 1));
    failed = true;
  }
  if (failed) return undefined;
  const needsIpv4 = matches.some(({ field }) => field.startsWith("ip."));
  return freezeRule({ action: actionAt(index), matches: needsIpv4 ? matches : [IS_IPV4, ...matches] });
}

/** Columns that were read before: a set repeats its prefixes and ports, and rules then share their matches. */
const CACHES = new WeakMap<SourceText, Map<string, Match | undefined>>();

function cacheOf(source: SourceText): Map<string, Match | undefined> {
  let cache = CACHES.get(source);
  if (cache === undefined) CACHES.set(source, cache = new Map());
  return cache;
}

function readPrefix(name: "ip.src" | "ip.dst", word: string, report: (warning: Problem) => void): Column {
  const field = name === "ip.src" ? SOURCE : DESTINATION;
  if (name === "ip.src" && !word.startsWith("@")) {
    return problem("unknown-rule", "a rule of ClassBench starts with @", "@192.0.2.0/24");
  }
  const text = name === "ip.src" ? word.slice(1) : word;
  const slash = text.indexOf("/");
  const value = parseIpv4(slash < 0 ? text : text.slice(0, slash));
  if (value === undefined || slash < 0) {
    return problem("bad-value", `${quoteWord(text)} is not an IPv4 prefix`, "such as 192.0.2.0/24");
  }
  const lengthText = text.slice(slash + 1);
  const length = /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : NaN;
  if (!(length <= 32)) {
    return problem("bad-prefix", `${name} has prefixes of 0 to 32 bits, not ${quoteWord(lengthText)}`);
  }
  const mask = prefixMask(length, 32);
  const cleared = hostBitsWarning(text, { field, value, mask });
  if (cleared !== undefined) report(cleared);
  return length === 0 ? undefined : freezeMatch(field, "==", { kind: "value", value: value & mask, mask });
}

function readPorts(name: "l4.srcport" | "l4.dstport", text: string): Column {
  const field = name === "l4.srcport" ? SOURCE_PORT : DESTINATION_PORT;
  const found = /^(\d{1,20}) : (\d{1,20})$/.exec(text);
  if (found === null) return problem("bad-value", `${quoteWord(text)} is not a range of ports`, "such as 0 : 65535");
  const lo = BigInt(found[1] as string);
  const hi = BigInt(found[2] as string);
  const wide = checkWidth(field, lo) ?? checkWidth(field, hi);
  if (wide !== undefined) return wide;
  if (lo > hi) return problem("reversed-range", `the range ${text} starts above its end`, "LOW : HIGH");
  if (lo === 0n && hi === allOnes(16)) return undefined;
  return lo === hi
    ? freezeMatch(field, "==", { kind: "value", value: lo })
    : freezeMatch(field, "in", { kind: "set", ranges: joinRanges([{ lo, hi }]) });
}

function readProtocol(text: string, report: (warning: Problem) => void): Column {
  const found = /^0[xX]([0-9a-fA-F]{1,2})\/0[xX]([0-9a-fA-F]{1,2})$/.exec(text);
  if (found === null) {
    return problem("bad-value", `${quoteWord(text)} is not a protocol and a mask`, "such as 0x06/0xFF");
  }
  const value = BigInt(`0x${found[1]}`);
  const mask = BigInt(`0x${found[2]}`);
  if (mask === 0n) return undefined;
  const cleared = hostBitsWarning(text, { field: PROTOCOL, value, mask });
  if (cleared !== undefined) report(cleared);
  return freezeMatch(PROTOCOL, "==", { kind: "value", value: value & mask, mask });
}

/** The rule as a line, or why not: as a line it must mean the same, and its action must be that of its place. */
function printClassbenchRule(rule: Rule, index = 0): string | Problem {
  const refuse = (reason: string): Problem => cannotExpress("classbench", reason, isFamilyOpen(rule.matches));
  if (rule.action !== actionAt(index)) {
    return refuse(`rules drop and pass in turn, and rule ${index} would ${actionAt(index)}`);
  }
  const columns = ["0.0.0.0/0", "0.0.0.0/0", "0 : 65535", "0 : 65535", "0x00/0x00"];
  const matches = rule.matches.map(simplify);
  for (const match of matches) {
    const column = COLUMN_FIELDS.indexOf(match.field);
    if (column < 0) return refuse(`it has no column for ${match.field}`);
    const text = printColumn(match);
    if (text === undefined) return refuse(`${match.field} ${match.operator} is more than its column can say`);
    columns[column] = text;
  }
  const line = `@${columns.join("\t")}\t0x0000/0x0000`;
  const back = parseClassbenchRule(statementOfWords("", line.split(/\s/)), () => {}, index);
  const wanted = matches.filter(saysMore);
  const got = back?.matches.map(simplify).filter(saysMore) ?? [];
  // A match of no bits asks for IPv4, which every line does.
  const asksIpv4 = matches.some(({ field }) => field.startsWith("ip."));
  return asksIpv4 && sameMatches(wanted, got) ? line : refuse("a line is about IPv4 and has each field once");
}

/** Whether a match asks for more than IPv4. */
function saysMore({ field, operand }: Match): boolean {
  return !(field.startsWith("ip.") && operand.mask === 0n);
}

const COLUMN_FIELDS: readonly string[] = ["ip.src", "ip.dst", "l4.srcport", "l4.dstport", "ip.proto"];

function printColumn({ field, operator, operand }: Match): string | undefined {
  if (operand.kind === "value" && operator === "==") {
    const { value, mask } = operand;
    if (field === "ip.proto") return `${hex(value)}/${hex(mask ?? 0xffn)}`;
    const width = field.startsWith("l4.") ? 16 : 32;
    const bits = mask ?? allOnes(width);
    const length = prefixLength(bits, width);
    if (length === undefined) return undefined;
    return width === 16 ? `${value} : ${value | (bits ^ allOnes(16))}` : `${formatValue(SOURCE, value)}/${length}`;
  }
  const isRange = field.startsWith("l4.") && operator === "in" && operand.kind === "set" && operand.mask === undefined;
  const [only, second] = isRange ? operand.ranges : [];
  return only !== undefined && second === undefined ? `${only.lo} : ${only.hi}` : undefined;
}

function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
