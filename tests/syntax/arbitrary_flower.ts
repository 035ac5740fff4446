/**
 * Random rules of tc flower, drawn from the parser's table of keywords: a keyword that comes with a form of value that
 * is there already is drawn without being told.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { findField } from "../../lib/model/fields.ts";
import { formatIpv4, formatIpv6, formatMac } from "../../lib/net/address.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import { FLOWER_ACTIONS } from "../../lib/syntax/tc_flower_action.ts";
import type { FlowerFormName } from "../../lib/syntax/tc_flower_forms.ts";
import {
  fieldsOfKeyword,
  FLOWER_KEYWORDS,
  type FlowerIgnoredKeyword,
  type FlowerLevel,
  type FlowerMatchKeyword,
  type FlowerNeed,
} from "../../lib/syntax/tc_flower_keywords.ts";
import type { FlowerOptionsName } from "../../lib/syntax/tc_flower_options.ts";
import { TC_ETHERTYPES, TC_PPP_PROTOCOLS, TC_PROTOCOLS } from "../../lib/syntax/tc_names.ts";

type Words = fc.Arbitrary<string[]>;
type Text = fc.Arbitrary<string>;

const MATCHES = FLOWER_KEYWORDS.filter((row) => row.class === "match");
const IGNORED = FLOWER_KEYWORDS.filter((row) => row.class === "ignored");

/** Any rule of tc flower, as its words; some are refused for what they combine. */
export const flowerWords: Words = fc.constantFrom(...MATCHES.filter(({ level }) => level !== "command")).chain((row) =>
  ruleAround(row.level === "key" ? row : MATCHES.find(({ name }) => name === (row.level === "lse" ? "mpls" : "cfm"))!)
);

/** A rule about a keyword and perhaps others, with what it needs. */
function ruleAround(row: FlowerMatchKeyword): Words {
  const others = MATCHES.filter(({ level, needs, name }) =>
    level === "key" && name !== "action" && name !== row.name && !(row.name === "mpls" && name.startsWith("mpls_")) &&
    (row.needs === "tunnel" ? needs === "tunnel" : needs === row.needs || needs === undefined || needs === "ip")
  );
  const keys = fc.tuple(
    row.name === "action" ? fc.constant([]) : keyWords(row),
    fc.uniqueArray(fc.constantFrom(...others), { maxLength: 3 }).chain(wordsOfEach),
  ).map(([first, more]) => [first, ...more]);
  return fc.record({
    where: fc.option(whereWords, { nil: [] }),
    said: row.needs === undefined ? fc.constantFrom(...CONTEXTS.ip, ["all"], ["0x88b5"]) : contextOf(row.needs),
    keys,
    ignored: fc.option(ignoredWords("key"), { nil: [] }),
    action: actionWords,
  }).map(({ where, said: [protocol = "", ...more], keys, ignored, action }) => {
    const given = keys.filter(([name = ""]) => !more.includes(name)).flat();
    return [...where, "protocol", protocol, "flower", ...more, ...given, ...ignored, ...action];
  });
}

/** The words of each keyword. */
function wordsOfEach(rows: readonly FlowerMatchKeyword[]): fc.Arbitrary<string[][]> {
  return fc.tuple(...rows.map(keyWords));
}

/** The value of `protocol` and keys, one way or another to say what a key needs. */
const CONTEXTS: Readonly<Record<FlowerNeed, readonly (readonly string[])[]>> = {
  vlan: [["802.1q"], ["802.1ad"], ["all", "num_of_vlans", "1"], ["ip"]],
  cvlan: [["802.1q", "vlan_ethtype", "802.1q"], ["802.1ad", "vlan_ethtype", "802.1Q"], ["all", "num_of_vlans", "2"]],
  ip: [["ip"], ["ipv6"], ["802.1q", "vlan_ethtype", "ip"], [
    "802.1ad",
    "vlan_ethtype",
    "802.1q",
    "cvlan_ethtype",
    "ipv6",
  ]],
  ports: [["ip", "ip_proto", "tcp"], ["ipv6", "ip_proto", "udp"], ["ip", "ip_proto", "84"]],
  tcp: [["ip", "ip_proto", "tcp"], ["ipv6", "ip_proto", "6"]],
  icmp: [["ip", "ip_proto", "icmp"], ["ipv6", "ip_proto", "icmpv6"]],
  l2tp: [["ip", "ip_proto", "l2tp"], ["ipv6", "ip_proto", "73"]],
  ipsec: [["ip", "ip_proto", "esp"], ["ip", "ip_proto", "33"], ["ipv6", "ip_proto", "ah"], ["ipv6", "ip_proto", "esp"]],
  arp: [["arp"], ["rarp"]],
  mpls: [["mpls_uc"], ["mpls_mc"]],
  pppoe: [["ppp_ses"]],
  cfm: [["0x8902"]],
  tunnel: [["ip"], ["ipv6"], ["all"], ["802.1q"]],
};

function contextOf(need: FlowerNeed): fc.Arbitrary<readonly string[]> {
  return fc.constantFrom(...CONTEXTS[need]);
}

function keyWords(row: FlowerMatchKeyword): Words {
  if (row.name === "mpls") return stackWords();
  if (row.name === "cfm") return within("cfm").map((words) => ["cfm", ...words]);
  return VALUES[row.value](row).map((value) => [row.name, value]);
}

function stackWords(): Words {
  const entries = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
  return entries.chain((depths) =>
    fc.tuple(...depths.map((depth) => within("lse").map((words) => ["lse", "depth", `${depth}`, ...words])))
  ).map((parts) => ["mpls", ...parts.flat()]);
}

/** Some of the keywords behind `lse` or `cfm`. */
function within(level: "lse" | "cfm"): Words {
  const rows = MATCHES.filter((row) => row.level === level && row.value !== "parts" && row.value !== "depth");
  return fc.subarray(rows).chain(wordsOfEach).map((parts) => parts.flat());
}

const whereWords: Words = fc.tuple(
  fc.constantFrom(["tc", "filter", "add"], ["tc", "filter", "replace"], ["filter", "add"], ["tc", "f", "ad"]),
  fc.constantFrom(["dev", "eth0", "ingress"], ["block", "7"], ["dev", "eth0", "parent", "ffff:"], []),
  fc.constantFrom(["pref", "10"], ["prio", "0x20"], ["priority", "0"], []),
  fc.constantFrom(["handle", "1"], ["chain", "0"], []),
).map((parts) => parts.flat());

function ignoredWords(level: FlowerLevel): Words {
  return fc.constantFrom(...IGNORED.filter((row) => row.level === level)).map((row) => [row.name, ...valuesOf(row)]);
}

/** A value that every ignored keyword takes. */
function valuesOf({ words }: FlowerIgnoredKeyword): string[] {
  return new Array(words).fill("1");
}

const actionWords: Words = fc.tuple(
  fc.constantFrom(...FLOWER_ACTIONS.filter(({ action }) => action !== undefined).map(({ name }) => name)),
  fc.constantFrom(["action"], ["action", "gact"]),
  fc.option(ignoredWords("action"), { nil: [] }),
).map(([verdict, before, after]) => [...before, verdict, ...after]);

/** A value of so many bits: mostly near the ends and short. */
function number(widthBits: number): fc.Arbitrary<bigint> {
  const max = allOnes(widthBits);
  const small = fc.bigInt({ min: 0n, max: max < 20n ? max : 20n });
  return fc.oneof(small, small.map((one) => max - one), fc.bigInt({ min: 0n, max }));
}

function width(row: FlowerMatchKeyword): number {
  return findField(fieldsOfKeyword(row)[0] ?? "")?.widthBits ?? 8;
}

/** `value` or `value/mask`. */
function masked(value: Text, mask: Text): Text {
  return fc.tuple(value, fc.option(mask)).map(([one, bits]) => bits === null ? one : `${one}/${bits}`);
}

const decimal = (widthBits: number): Text => number(widthBits).map((value) => `${value}`);
const hex = (widthBits: number): Text =>
  fc.tuple(number(widthBits), fc.constantFrom("", "0x")).map(([value, prefix]) => `${prefix}${value.toString(16)}`);
const ipv4 = number(32).map(formatIpv4);
const ipv6 = number(128).map(formatIpv6);
const mac = number(48).map(formatMac);
const length = (widthBits: number): Text => fc.integer({ min: 0, max: widthBits }).map(String);

/** Values of each form. */
const VALUES: Readonly<
  Record<FlowerFormName | FlowerOptionsName | "parts" | "depth" | "protocol", (row: FlowerMatchKeyword) => Text>
> = {
  mac: () => masked(mac, fc.oneof(mac, length(48))),
  address: () => fc.oneof(masked(ipv4, length(32)), masked(ipv6, length(128)), fc.constant("default")),
  outerAddress: () => fc.oneof(masked(ipv4, length(32)), masked(ipv6, length(128))),
  arpAddress: () => masked(ipv4, length(32)),
  number: (row) => decimal(width(row)),
  hexNumber: (row) => hex(width(row)),
  tags: () => fc.constantFrom("0", "1", "2", "3"),
  etherType: () =>
    fc.oneof(fc.constantFrom(...TC_ETHERTYPES.keys(), "IPv6"), fc.constantFrom("0x88b5", "0600", "65535")),
  pppProtocol: () => fc.oneof(fc.constantFrom(...TC_PPP_PROTOCOLS.keys()), decimal(16)),
  ipProtocol: () => fc.oneof(fc.constantFrom(...TC_PROTOCOLS.map(({ name }) => name)), hex(8)),
  tosTtl: () => masked(fc.oneof(decimal(8), hex(8)), hex(8)),
  port: () =>
    fc.oneof(
      decimal(16),
      fc.tuple(number(16), number(16)).map(([a, b]) => a < b ? `${a}-${b}` : `${b}-${a + 1n}`),
      fc.tuple(decimal(16), number(16)).map(([value, mask]) => `${value}/0x${mask.toString(16)}`),
    ),
  tcpFlags: () => masked(hex(12), hex(12)),
  maskedNumber: (row) => masked(decimal(width(row)), decimal(8)),
  arpOperation: () => masked(fc.constantFrom("request", "reply", "0", "1", "2"), decimal(8)),
  ipFlags: () =>
    fc.uniqueArray(fc.constantFrom("frag", "nofrag", "firstfrag", "nofirstfrag"), { minLength: 1 }).map((flags) =>
      flags.join("/")
    ),
  geneve: () =>
    fc.array(
      fc.integer({ min: 1, max: 6 }).chain((words) => {
        const option = fc.tuple(number(16), number(8), number(words * 32)).map(([first, second, data]) =>
          [first.toString(16), second.toString(16), data.toString(16).padStart(words * 8, "0")].join(":")
        );
        return masked(option, option);
      }),
      { minLength: 1, maxLength: 3 },
    ).map((options) => options.join(",")),
  vxlan: () => masked(number(16).map((value) => `${value}`), hex(24).map((mask) => `0x${mask.replace("0x", "")}`)),
  erspan: () =>
    fc.oneof(
      masked(number(20).map((index) => `1:${index}:0:0`), number(20).map((index) => `1:${index}:0:0`)),
      masked(hardware, hardware),
    ),
  gtp: () => masked(session, session),
  parts: () => fc.constant(""),
  depth: () => fc.constant("1"),
  protocol: () => fc.constant("all"),
};

const hardware = fc.tuple(number(1), number(6)).map(([direction, id]) => `2:0:${direction}:${id}`);
const session = fc.tuple(number(4), number(6)).map((parts) => parts.map((part) => part.toString(16)).join(":"));
