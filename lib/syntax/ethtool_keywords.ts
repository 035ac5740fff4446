/**
 * The keywords of ethtool's ntuple rules and its flow types, as ethtool(8) and rxclass.c of ethtool 6.1 have them. The
 * parser, the printer, the documentation and the tests read this table.
 *
 * @module
 */

import type { Match } from "../model/match.ts";
import { ETH_P_IPV4, ETH_P_IPV6 } from "../net/protocol_numbers.ts";
import { equal } from "./implied.ts";

/** Name of a flow type. */
export type FlowTypeName =
  | "ether"
  | `${"tcp" | "udp" | "sctp" | "ah" | "esp" | "ip"}${4 | 6}`;

/**
 * What a keyword is to kefir: a condition on the packet; what happens to it; the rule's place among the others; or
 * something that only a network card can do, which is refused by name.
 */
export type EthtoolKeywordKind = "match" | "action" | "location" | "refused";

/** A keyword. */
export interface EthtoolKeyword {
  readonly name: string;
  readonly kind: EthtoolKeywordKind;
  /** Of a match: the row of FIELDS that it becomes, by flow type. The other kinds go with every flow type. */
  readonly fields: Readonly<Partial<Record<FlowTypeName, string>>>;
  /** Parts of ethtool's structure that it fills; two keywords that share one exclude each other. */
  readonly parts: readonly string[];
  /** What it says. */
  readonly meaning: string;
  /** What it was in libkefir, when not the same. */
  readonly libkefir: string;
  /** What a card may do otherwise. */
  readonly card: string;
}

/** A flow type. */
export interface FlowType {
  readonly name: FlowTypeName;
  /** What it says by itself. */
  readonly implied: readonly Match[];
  /** ethtool's name of each field to the name of the row of FIELDS. */
  readonly fields: ReadonlyMap<string, string>;
}

const V4 = ["tcp4", "udp4", "sctp4", "ah4", "esp4", "ip4"] as const;
const V6 = ["tcp6", "udp6", "sctp6", "ah6", "esp6", "ip6"] as const;
const ALL = [...V4, ...V6, "ether"] as const;

/** Every keyword that may stand in a rule, in ethtool's order. */
export const ETHTOOL_KEYWORDS: readonly EthtoolKeyword[] = Object.freeze([
  match("src", on(["ether"], "eth.src"), "Source MAC address."),
  match("dst", on(["ether"], "eth.dst"), "Destination MAC address."),
  match("proto", on(["ether"], "eth.type"), "Ethernet type, the innermost one behind VLAN tags.", {
    card: "it may compare the type of the tag",
  }),
  match("src-ip", { ...on(V4, "ip.src"), ...on(V6, "ipv6.src") }, "Source address."),
  match("dst-ip", { ...on(V4, "ip.dst"), ...on(V6, "ipv6.dst") }, "Destination address."),
  match("tos", on(V4, "ip.dsfield"), "The whole TOS byte: DSCP and ECN.", {
    libkefir: "the upper 6 bits",
  }),
  match("tclass", on(V6, "ipv6.tclass"), "The whole traffic class: DSCP and ECN."),
  match("l4proto", { ip4: "ip.proto", ip6: "ipv6.l4.proto" }, "Protocol above IP, of IPv6 behind extension headers."),
  match("src-port", portFields("srcport"), "Source port; under `ip4` and `ip6` of any protocol that has ports.", {
    card: "under `ip4` and `ip6` the first two bytes above IP, whatever the protocol, which here is `l4data`",
  }),
  match("dst-port", portFields("dstport"), "Destination port; under `ip4` and `ip6` of any protocol that has ports.", {
    card: "as `src-port`, with the two bytes behind",
  }),
  match(
    "spi",
    {
      ...{ ah4: "ah.spi", ah6: "ah.spi", esp4: "esp.spi", esp6: "esp.spi" },
      ...{ ip4: "ip.l4.data", ip6: "ipv6.l4.data" },
    },
    "Security parameters index of AH or ESP; under `ip4` and `ip6` the same as `l4data`.",
    {
      parts: ["src-port", "dst-port"],
      libkefir: "not read",
    },
  ),
  match("l4data", { ip4: "ip.l4.data", ip6: "ipv6.l4.data" }, "First four bytes above IP, of any protocol.", {
    parts: ["src-port", "dst-port"],
  }),
  match("vlan-etype", on(ALL, "svlan.tpid"), "TPID of the outer tag, which has to be there.", {
    libkefir: "the type of what follows the tag",
  }),
  match("vlan", on(ALL, "svlan.tci"), "The outer tag's whole TCI: priority, DEI and id.", {
    card: "it may compare the id only, as `m 0xf000` does",
  }),
  match(
    "user-def",
    {
      ...on(["tcp4", "udp4", "sctp4", "tcp6", "udp6", "sctp6"], "payload[0:8]"),
      ...on(["ip4", "ah4", "esp4", "ip6", "ah6", "esp6"], "l4[0:8]"),
      ether: "l3[0:8]",
    },
    "Eight bytes: the first ones behind the header of TCP, UDP or SCTP; of `ip`, `ah` and `esp` behind IP and its " +
      "extension headers; of `ether` behind Ethernet and the tags.",
    { libkefir: "not read", card: "each driver takes them from somewhere else" },
  ),
  match("dst-mac", on([...V4, ...V6], "eth.dst"), "Destination MAC address."),
  {
    ...other(
      "action",
      "`-1` drops. `0` passes, and so does a rule without action, with a warning. `-2` (wake on LAN) and queues from 1 " +
        "on are refused.",
    ),
    kind: "action",
    libkefir: "it had to be there, last",
  },
  {
    ...other("loc", "The rule's place: the smallest location is asked first."),
    kind: "location",
  },
  other("vf", "Steers to a virtual function of the card."),
  {
    ...other("queue", "`0` passes, as `action 0`. Other queues are refused.", ["action"]),
    kind: "action",
  },
  other("context", "Spreads over the queues of an RSS context of the card."),
]);

/** What may stand in place of `flow-type`. */
export const ETHTOOL_OTHERS: readonly Pick<EthtoolKeyword, "name" | "kind" | "meaning" | "libkefir">[] = Object.freeze([
  {
    name: "delete",
    kind: "location",
    meaning: "The rule before it in the text that has the location goes.",
    libkefir: "not read",
  },
  {
    name: "rx-flow-hash",
    kind: "refused",
    meaning: "Spreads packets over the queues of the card: it is no rule.",
    libkefir: "not read",
  },
]);

/** The keyword of that name. */
export const ETHTOOL_KEYWORD: ReadonlyMap<string, EthtoolKeyword> = new Map(
  ETHTOOL_KEYWORDS.map((keyword) => [keyword.name, keyword]),
);

/** The flow types; those that imply more come first, so that printing says as little as possible. */
export const FLOW_TYPES: readonly FlowType[] = Object.freeze([
  flowType("tcp4", ETH_P_IPV4, equal("ip.proto", 6)),
  flowType("tcp6", ETH_P_IPV6, equal("ipv6.l4.proto", 6)),
  flowType("udp4", ETH_P_IPV4, equal("ip.proto", 17)),
  flowType("udp6", ETH_P_IPV6, equal("ipv6.l4.proto", 17)),
  flowType("sctp4", ETH_P_IPV4, equal("ip.proto", 132)),
  flowType("sctp6", ETH_P_IPV6, equal("ipv6.l4.proto", 132)),
  flowType("ah4", ETH_P_IPV4, equal("ip.proto", 51)),
  // The header may stand anywhere in the chain: an all-zero mask asks only for its presence.
  flowType("ah6", ETH_P_IPV6, equal("ah.spi", 0, 0n)),
  flowType("esp4", ETH_P_IPV4, equal("ip.proto", 50)),
  flowType("esp6", ETH_P_IPV6, equal("ipv6.l4.proto", 50)),
  flowType("ip4", ETH_P_IPV4),
  flowType("ip6", ETH_P_IPV6),
  flowType("ether"),
]);

/** The flow type of that name. */
export const FLOW_TYPE: ReadonlyMap<string, FlowType> = new Map(FLOW_TYPES.map((one) => [one.name, one]));

function match(
  name: string,
  fields: EthtoolKeyword["fields"],
  meaning: string,
  { parts = [name], libkefir = "", card = "" }: Partial<Pick<EthtoolKeyword, "parts" | "libkefir" | "card">> = {},
): EthtoolKeyword {
  return Object.freeze({ name, kind: "match", fields: Object.freeze(fields), parts, meaning, libkefir, card });
}

function other(name: string, meaning: string, parts: readonly string[] = [name]): EthtoolKeyword {
  return { name, kind: "refused", fields: {}, parts, meaning, libkefir: "not read", card: "" };
}

function on(flowTypes: readonly FlowTypeName[], field: string): EthtoolKeyword["fields"] {
  return Object.fromEntries(flowTypes.map((name) => [name, field]));
}

function portFields(port: "srcport" | "dstport"): EthtoolKeyword["fields"] {
  return {
    ...Object.assign(
      {},
      ...["tcp", "udp", "sctp"].map((name) => ({
        [`${name}4`]: `${name}.${port}`,
        [`${name}6`]: `${name}.${port}`,
      })),
    ),
    ip4: `ip.l4.${port}`,
    ip6: `ipv6.l4.${port}`,
  };
}

function flowType(name: FlowTypeName, etherType?: number, also?: Match): FlowType {
  const implied = [...(etherType === undefined ? [] : [equal("eth.type", etherType)]), ...(also ? [also] : [])];
  const fields = ETHTOOL_KEYWORDS.flatMap(({ name: keyword, fields: { [name]: field } }) =>
    field === undefined ? [] : [[keyword, field] as const]
  );
  return Object.freeze({ name, implied: Object.freeze(implied), fields: new Map(fields) });
}
