/**
 * How tc's flower classifier reads the options of tunnels, which are several matches each. Source: iproute2 f_flower.c,
 * and for what the kernel makes of them, linux net/sched/cls_flower.c.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { fieldNamed } from "../model/fields.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import { allOnes, bigintToBytes, bytesToBigint } from "../net/bytes.ts";
import { parseCNumber, parseCValue } from "./c_number.ts";
import { equal } from "./implied.ts";
import { hex, splitMask, type Tell, withMask } from "./tc_flower_values.ts";
import { quoteWord } from "./suggest.ts";

/** A way to write options. */
export interface FlowerOptions {
  /** How they are written, for help and docs. */
  readonly written: string;
  /** How tc reads them, for docs. */
  readonly reads: string;
  /** Fields that the matches are on, for docs. */
  readonly fields: readonly string[];
  /** The matches that a value says. */
  read(text: string, tell: Tell): readonly Match[] | Problem;
  /** The value that says some of the matches, and which; undefined when it says none of them. */
  print(matches: readonly Match[]): { readonly text: string; readonly used: readonly Match[] } | undefined;
}

/** Name of a way to write options. */
export type FlowerOptionsName = "geneve" | "vxlan" | "erspan" | "gtp";

/** The ways. */
export const FLOWER_OPTIONS: Readonly<Record<FlowerOptionsName, FlowerOptions>> = {
  geneve: {
    written: "CLASS:TYPE:DATA[/CLASS:TYPE:DATA],...",
    reads: "hexadecimal; data of 4 to 124 bytes, a multiple of 4; behind `/` the mask; several options with commas",
    fields: ["geneve.opt_len", "geneve[8:N]"],
    read: readGeneve,
    print: printGeneve,
  },
  vxlan: {
    written: "GBP[/MASK]",
    reads:
      "the group policy as Linux has it: 16 bits of id, 0x080000 policy applied, 0x400000 do not learn; as C writes",
    fields: ["vxlan.flags", "vxlan.gbp"],
    read: readVxlan,
    print: printVxlan,
  },
  erspan: {
    written: "VERSION:INDEX:DIR:HWID[/VERSION:INDEX:DIR:HWID]",
    reads: "numbers as C writes them; version 1 takes INDEX, version 2 takes DIR and HWID",
    fields: ["erspan.version", "erspan.index", "erspan.direction", "erspan.hw_id"],
    read: readErspan,
    print: printErspan,
  },
  gtp: {
    written: "PDU_TYPE:QFI[/PDU_TYPE:QFI]",
    reads: "hexadecimal",
    fields: ["gtp.pdu_type", "gtp.qfi"],
    read: readGtp,
    print: printGtp,
  },
};

/** Fields of tunnels, each of which says that there is one. */
const TUNNEL_FIELD = /^(?:tunnel|vxlan|geneve|gre|erspan[23]?|gtp)[.[]/;

/** Whether a field is one of a tunnel's, so that the packet has a tunnel when it has the field. */
export function isTunnelField(name: string): boolean {
  return TUNNEL_FIELD.test(name);
}

/** That a tunnel is there, whichever it is. */
export function tunnelIsThere(): Match {
  return equal("tunnel.type", 0, 0n);
}

/** Bytes of Geneve's header before its options, RFC 8926 section 3.4. */
const GENEVE_HEADER = 8;
/** Largest slice that a field can be. */
const SLICE_BYTES = 16;
/** Options that Geneve has room for: 63 words. */
const GENEVE_OPTIONS = 252;

interface Bytes {
  readonly value: number[];
  readonly mask: number[];
}

function readGeneve(text: string): readonly Match[] | Problem {
  const whole: Bytes = { value: [], mask: [] };
  for (const option of text.split(",")) {
    const read = readGeneveOption(option);
    if (isProblem(read)) return read;
    whole.value.push(...read.value);
    whole.mask.push(...read.mask);
  }
  const { length } = whole.value;
  if (length > GENEVE_OPTIONS) {
    return problem("out-of-range", `Geneve has room for ${GENEVE_OPTIONS} bytes of options, not ${length}`);
  }
  const matches = [freezeMatch(fieldNamed("geneve.opt_len"), ">=", { kind: "value", value: BigInt(length / 4) })];
  for (let at = 0; at < length; at += SLICE_BYTES) {
    const bytes = Math.min(SLICE_BYTES, length - at);
    const mask = bytesToBigint(Uint8Array.from(whole.mask.slice(at, at + bytes)));
    if (mask === 0n) continue;
    const value = bytesToBigint(Uint8Array.from(whole.value.slice(at, at + bytes))) & mask;
    matches.push(
      freezeMatch(fieldNamed(`geneve[${GENEVE_HEADER + at}:${bytes}]`), "==", { kind: "value", value, mask }),
    );
  }
  return matches;
}

/** An option as it is on the wire: class, type, length in words, data. The length is always compared. */
function readGeneveOption(text: string): Bytes | Problem {
  const [valueText, maskText] = splitMask(text);
  const wrong = problem("bad-value", `${quoteWord(text)} is not an option of Geneve`, FLOWER_OPTIONS.geneve.written);
  const value = readOptionParts(valueText.split(":"));
  if (value === undefined) return wrong;
  const { length } = value.data;
  if (length < 4 || length > 124 || length % 4 !== 0) {
    return problem("out-of-range", `options of Geneve have 4 to 124 bytes in words of 4, not ${length}`);
  }
  // What is left out of a mask is all ones.
  const all = ["ffff", "ff", "ff".repeat(length)];
  const parts = maskText?.split(":") ?? [];
  const mask = parts.length > 3 ? undefined : readOptionParts(all.map((ones, index) => parts[index] || ones));
  if (mask === undefined || mask.data.length !== length) return wrong;
  return {
    value: [value.class >> 8, value.class & 0xff, value.type, length / 4, ...value.data],
    mask: [mask.class >> 8, mask.class & 0xff, mask.type, 0x1f, ...mask.data],
  };
}

function readOptionParts(parts: readonly string[]): { class: number; type: number; data: number[] } | undefined {
  const [first = "", second = "", data = ""] = parts;
  const [optionClass, type] = [parseCNumber(first, 16), parseCNumber(second, 16)];
  if (parts.length !== 3 || !/^(?:[0-9a-f]{2})+$/i.test(data)) return undefined;
  if (optionClass === undefined || optionClass > 0xffffn || type === undefined || type > 0xffn) return undefined;
  return { class: Number(optionClass), type: Number(type), data: [...Uint8Array.fromHex(data)] };
}

function printGeneve(matches: readonly Match[]): { text: string; used: readonly Match[] } | undefined {
  const length = matches.find(({ field, operator }) => field === "geneve.opt_len" && operator === ">=");
  if (length?.operand.kind !== "value" || length.operand.mask !== undefined) return undefined;
  const size = Number(length.operand.value) * 4;
  const value = new Uint8Array(size);
  const mask = new Uint8Array(size);
  const used = [length];
  for (const match of matches) {
    const slice = /^geneve\[(\d+):(\d+)\]$/.exec(match.field);
    if (slice === null || match.operator !== "==" || match.operand.kind !== "value") continue;
    const [at, bytes] = [Number(slice[1]) - GENEVE_HEADER, Number(slice[2])];
    if (at < 0 || at + bytes > size) return undefined;
    value.set(bigintToBytes(match.operand.value, bytes), at);
    mask.set(bigintToBytes(match.operand.mask ?? allOnes(8 * bytes), bytes), at);
    used.push(match);
  }
  const options: string[] = [];
  for (let at = 0; at < size;) {
    const end = at + 4 + 4 * ((value[at + 3] ?? 0) & 0x1f);
    if (end === at + 4 || end > size) return undefined;
    const texts = [value, mask].map((bytes) => {
      const part = bytes.subarray(at, end);
      return [part.subarray(0, 2), part.subarray(2, 3), part.subarray(4)].map((one) => one.toHex()).join(":");
    });
    options.push(texts.join("/"));
    at = end;
  }
  return options.length === 0 ? undefined : { text: options.join(","), used };
}

/** Bit of `vxlan.flags` that says that there is a group policy. */
const VXLAN_GBP_FLAG = 0x80n;
/** The bits of the group policy that Linux keeps: linux/vxlan.h VXLAN_GBP_MASK. */
const VXLAN_GBP_BITS = 0x48ffffn;

function readVxlan(text: string, tell: Tell): readonly Match[] | Problem {
  const [valueText, maskText] = splitMask(text);
  const word = { name: "vxlan_opts", format: "hex", widthBits: 32 } as const;
  const value = parseCValue(word, valueText, 0);
  const mask = maskText === undefined ? allOnes(32) : parseCValue(word, maskText, 0);
  if (isProblem(value)) return value;
  if (isProblem(mask)) return mask;
  const gbp = withMask(fieldNamed("vxlan.gbp"), text, value, mask & VXLAN_GBP_BITS, tell);
  return isProblem(gbp) ? gbp : [hasGbp(), gbp];
}

function printVxlan(matches: readonly Match[]): { text: string; used: readonly Match[] } | undefined {
  const gbp = matches.find(({ field }) => field === "vxlan.gbp");
  const flag = hasGbp();
  const flags = matches.find((match) => isSame(match, flag));
  if (gbp === undefined || flags === undefined) return undefined;
  if (gbp.operator !== "==" || gbp.operand.kind !== "value") return undefined;
  const mask = gbp.operand.mask === VXLAN_GBP_BITS ? "" : `/${hex(gbp.operand.mask ?? allOnes(24))}`;
  return { text: `${hex(gbp.operand.value)}${mask}`, used: [flags, gbp] };
}

function hasGbp(): Match {
  return freezeMatch(fieldNamed("vxlan.flags"), "==", { kind: "value", value: VXLAN_GBP_FLAG, mask: VXLAN_GBP_FLAG });
}

function readErspan(text: string, tell: Tell): readonly Match[] | Problem {
  const [valueText, maskText] = splitMask(text);
  const values = valueText.split(":");
  const masks = maskText?.split(":") ?? [];
  const version = parseCValue({ name: "erspan.version", format: "decimal", widthBits: 8 }, values[0] ?? "", 0);
  if (isProblem(version)) return version;
  if (version !== 1n && version !== 2n) {
    return problem("out-of-range", `ERSPAN has the versions 1 (type II) and 2 (type III), not ${version}`);
  }
  const names = version === 1n ? ["index"] : ["direction", "hw_id"];
  const first = version === 1n ? 1 : 2;
  if (maskText !== undefined && parseCNumber(masks[0] ?? "", 0) !== version) {
    return problem("bad-mask", `the mask of ${quoteWord(text)} has another version, which tc refuses`);
  }
  const matches: Match[] = [freezeMatch(fieldNamed("erspan.version"), "==", { kind: "value", value: version })];
  for (const [index, name] of names.entries()) {
    const [value, mask] = [values[first + index], masks[first + index]];
    if (!value || maskText !== undefined && !mask || values.length > 4 || masks.length > 4) {
      return problem("bad-value", `${quoteWord(text)} is not an option of ERSPAN`, FLOWER_OPTIONS.erspan.written);
    }
    const match = partMatch(fieldNamed(`erspan.${name}`), { value, mask, base: 0 }, tell);
    if (isProblem(match)) return match;
    matches.push(match);
  }
  return matches;
}

function printErspan(matches: readonly Match[]): { text: string; used: readonly Match[] } | undefined {
  const version = plain(matches, "erspan.version");
  if (version === undefined || version.mask !== undefined) return undefined;
  const parts = (version.value === 1n ? ["index"] : ["direction", "hw_id"]).map((name) =>
    plain(matches, `erspan.${name}`)
  );
  const used = [version, ...parts];
  if (used.some((one) => one === undefined)) return undefined;
  const [index, direction, hardware] = version.value === 1n ? [parts[0]] : [undefined, parts[0], parts[1]];
  const text = (of: (part: Part | undefined) => string) => [version.value, ...[index, direction, hardware].map(of)];
  const hasMask = parts.some((part) => part?.mask !== undefined);
  const value = text((part) => hex(part?.value ?? 0n)).join(":");
  const mask = hasMask
    ? `/${text((part) => hex(part?.mask ?? 0xffffffffn & allOnes(part?.widthBits ?? 8))).join(":")}`
    : "";
  return { text: `${value}${mask}`, used: used.map((one) => (one as Part).match) };
}

function readGtp(text: string, tell: Tell): readonly Match[] | Problem {
  const [valueText, maskText] = splitMask(text);
  const [values, masks] = [valueText.split(":"), maskText?.split(":")];
  if (values.length !== 2 || masks !== undefined && masks.length !== 2) {
    return problem("bad-value", `${quoteWord(text)} is not an option of GTP`, FLOWER_OPTIONS.gtp.written);
  }
  const matches: Match[] = [];
  for (const [index, name] of ["gtp.pdu_type", "gtp.qfi"].entries()) {
    const match = partMatch(fieldNamed(name), { value: values[index] ?? "", mask: masks?.[index], base: 16 }, tell);
    if (isProblem(match)) return match;
    matches.push(match);
  }
  return matches;
}

function printGtp(matches: readonly Match[]): { text: string; used: readonly Match[] } | undefined {
  const [type, qfi] = [plain(matches, "gtp.pdu_type"), plain(matches, "gtp.qfi")];
  if (type === undefined || qfi === undefined) return undefined;
  const parts = [type, qfi];
  const hasMask = parts.some(({ mask }) => mask !== undefined);
  const text = (of: (part: Part) => bigint) => parts.map((part) => of(part).toString(16)).join(":");
  const mask = hasMask ? `/${text((part) => part.mask ?? 0xffn)}` : "";
  return { text: `${text(({ value }) => value)}${mask}`, used: [type.match, qfi.match] };
}

/** One number of an option with its mask; bits of the mask above the field are about zeros. */
function partMatch(
  field: Field,
  { value, mask, base }: { readonly value: string; readonly mask: string | undefined; readonly base: 0 | 16 },
  tell: Tell,
): Match | Problem {
  const read = parseCValue(field, value, base);
  if (mask === undefined) return withMask(field, value, read, undefined, tell);
  const bits = parseCValue({ name: field.name, format: "hex", widthBits: 32 }, mask, base);
  return withMask(field, value, read, typeof bits === "bigint" ? bits & allOnes(field.widthBits) : bits, tell);
}

interface Part {
  readonly value: bigint;
  readonly mask: bigint | undefined;
  readonly widthBits: number;
  readonly match: Match;
}

function plain(matches: readonly Match[], name: string): Part | undefined {
  const match = matches.find(({ field }) => field === name);
  if (match === undefined || match.operator !== "==" || match.operand.kind !== "value") return undefined;
  const { value, mask } = match.operand;
  return { value, mask, widthBits: fieldNamed(name).widthBits, match };
}

function isSame(one: Match, other: Match): boolean {
  if (one.field !== other.field || one.operator !== other.operator) return false;
  const [left, right] = [one.operand, other.operand];
  return left.kind === "value" && right.kind === "value" && left.value === right.value && left.mask === right.mask;
}
