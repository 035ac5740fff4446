/**
 * ethtool's flow types and their fields, as ethtool(8) and its rxclass.c have them.
 *
 * @module
 */

import { ETH_P_IPV4, ETH_P_IPV6 } from "../net/protocol_numbers.ts";
import type { Match } from "../model/match.ts";
import { equal } from "./implied.ts";

/** A flow type. */
export interface FlowType {
  readonly name: string;
  /** What it says by itself. */
  readonly implied: readonly Match[];
  /** ethtool's name of each field to the name of the row of FIELDS. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Keywords of ethtool that kefir refuses by name: what they say is about the card, or not in the model yet. */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  ...["user-def", "user-def-mask", "context", "vf", "queue", "loc", "delete"],
]);

/** The tag's fields, which any flow type may have. */
const TAG: readonly (readonly [string, string])[] = [["vlan-etype", "svlan.tpid"], ["vlan", "svlan.tci"]];

/** The flow types; those that imply more come first, so that printing says as little as possible. */
export const FLOW_TYPES: readonly FlowType[] = Object.freeze([
  ...transport("tcp", 6),
  ...transport("udp", 17),
  ...transport("sctp", 132),
  above4("ah4", equal("ip.proto", 51), [["spi", "ah.spi"]]),
  // The header may stand anywhere in the chain: an all-zero mask asks only for its presence.
  above6("ah6", equal("ah.spi", 0, 0n), [["spi", "ah.spi"]]),
  above4("esp4", equal("ip.proto", 50), [["spi", "ip.l4.data"]]),
  above6("esp6", equal("ipv6.l4.proto", 50), [["spi", "ipv6.l4.data"]]),
  above4("ip4", undefined, [["l4proto", "ip.proto"], ...userFields("ip.l4")]),
  above6("ip6", undefined, [["l4proto", "ipv6.l4.proto"], ...userFields("ipv6.l4")]),
  flowType("ether", [], [["src", "eth.src"], ["dst", "eth.dst"], ["proto", "eth.type"], ...TAG]),
]);

/** The parts of a rule that a field takes: ethtool keeps l4data, spi and the ports in the same four bytes. */
export function slotsOf(field: string): readonly string[] {
  return field === "spi" || field === "l4data" ? ["src-port", "dst-port"] : [field];
}

function transport(name: string, protocol: number): FlowType[] {
  const ports: [string, string][] = [["src-port", `${name}.srcport`], ["dst-port", `${name}.dstport`]];
  return [
    above4(`${name}4`, equal("ip.proto", protocol), ports),
    above6(`${name}6`, equal("ipv6.l4.proto", protocol), ports),
  ];
}

function userFields(prefix: string): [string, string][] {
  return [
    ["l4data", `${prefix}.data`],
    ["spi", `${prefix}.data`],
    ["src-port", `${prefix}.srcport`],
    ["dst-port", `${prefix}.dstport`],
  ];
}

function above4(name: string, implied: Match | undefined, fields: readonly (readonly [string, string])[]): FlowType {
  const own = [["src-ip", "ip.src"], ["dst-ip", "ip.dst"], ["tos", "ip.dsfield"], ...fields] as [string, string][];
  return flowType(name, [equal("eth.type", ETH_P_IPV4), ...(implied ? [implied] : [])], [...own, ...onAnyIp()]);
}

function above6(name: string, implied: Match | undefined, fields: readonly (readonly [string, string])[]): FlowType {
  const own = [["src-ip", "ipv6.src"], ["dst-ip", "ipv6.dst"], ["tclass", "ipv6.tclass"], ...fields];
  const all = [...own as [string, string][], ...onAnyIp()];
  return flowType(name, [equal("eth.type", ETH_P_IPV6), ...(implied ? [implied] : [])], all);
}

function onAnyIp(): readonly (readonly [string, string])[] {
  return [...TAG, ["dst-mac", "eth.dst"]];
}

function flowType(name: string, implied: readonly Match[], fields: readonly (readonly [string, string])[]): FlowType {
  return Object.freeze({ name, implied: Object.freeze(implied), fields: new Map(fields) });
}
