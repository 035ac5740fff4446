/**
 * What a message of tc asks the kernel to match of a tunnel, as net/sched/cls_flower.c reads it (fl_set_key, fl_set_enc_opt
 * and what they call). tc means a packet that a tunnel's device has taken out of its headers, and what the device noted
 * about them; these conditions are on the headers themselves, and the message's protocol is then that of the outer ones.
 *
 * @module
 */

import { type Condition, equals, isWithin } from "./condition.ts";
import type { NamedAttribute } from "./flower_message.ts";

/** The conditions; undefined when the kernel refuses the attributes. */
export type TunnelMeaning = readonly Condition[] | undefined;

type Value = NamedAttribute[1];
type Bits = { readonly value: bigint; readonly mask: bigint };

/** The family that the addresses say, or else the message's protocol; `either` when neither says one. */
type Family = "ipv4" | "ipv6" | "either";

/** Fields of attributes that have a mask beside them, by the family. */
const FIELDS: ReadonlyMap<string, readonly [names: Readonly<Record<Family, string>>, widthBits: number]> = new Map([
  ["KEY_ENC_IPV4_SRC", [same("ip.src"), 32]],
  ["KEY_ENC_IPV4_DST", [same("ip.dst"), 32]],
  ["KEY_ENC_IPV6_SRC", [same("ipv6.src"), 128]],
  ["KEY_ENC_IPV6_DST", [same("ipv6.dst"), 128]],
  ["KEY_ENC_KEY_ID", [same("tunnel.id"), 32]],
  ["KEY_ENC_UDP_DST_PORT", [same("udp.dstport"), 16]],
  ["KEY_ENC_IP_TOS", [{ ipv4: "ip.dsfield", ipv6: "ipv6.tclass", either: "l3.dsfield" }, 8]],
  ["KEY_ENC_IP_TTL", [{ ipv4: "ip.ttl", ipv6: "ipv6.hlim", either: "l3.ttl" }, 8]],
]);

/** What the message asks of a tunnel. */
export function tunnelMeaning(attributes: ReadonlyMap<string, Value>): TunnelMeaning {
  const keys = [...attributes.keys()].filter((name) => name.startsWith("KEY_ENC_"));
  if (keys.length === 0) return [];
  const family = familyOf(attributes);
  const conditions: Condition[] = [];
  for (const key of keys) {
    const [names, widthBits] = FIELDS.get(key) ?? [];
    const [value, mask] = [attributes.get(key), attributes.get(`${key}_MASK`)];
    if (names === undefined || widthBits === undefined || typeof value !== "string") continue;
    if (value === "") return undefined;
    conditions.push(equals(names[family], widthBits, toNumber(value), toMask(mask)));
  }
  const options = optionConditions(attributes.get("KEY_ENC_OPTS"), attributes.get("KEY_ENC_OPTS_MASK"));
  if (options === undefined) return undefined;
  // Without one of these it is only said that there is a tunnel.
  const isNamed = options.length > 0 || attributes.has("KEY_ENC_KEY_ID");
  return [...conditions, ...options, ...(isNamed ? [] : [equals("tunnel.type", 8, 0n, 0n)])];
}

function familyOf(attributes: ReadonlyMap<string, Value>): Family {
  const has = (number: string) =>
    attributes.has(`KEY_ENC_IPV${number}_SRC`) || attributes.has(`KEY_ENC_IPV${number}_DST`);
  const type = attributes.get("KEY_ETH_TYPE");
  if (has("4") || type === "0800" && !has("6")) return "ipv4";
  return has("6") || type === "86dd" ? "ipv6" : "either";
}

function optionConditions(keys: Value | undefined, masks: Value | undefined): TunnelMeaning {
  const [options, optionMasks] = [within(keys), within(masks)];
  switch (options[0]?.[0]) {
    case undefined:
    case "PFCP":
      return [];
    case "VXLAN":
      return vxlan(options[0][1], optionMasks[0]?.[1]);
    case "ERSPAN":
      return erspan(options[0][1], optionMasks[0]?.[1]);
    case "GTP":
      return gtp(options[0][1], optionMasks[0]?.[1]);
    default:
      return geneve(options, optionMasks);
  }
}

/** fl_set_vxlan_opt: of the number the bits of VXLAN_GBP_MASK; they stand as on the wire, behind a flag that they are there. */
function vxlan(key: Value, mask: Value | undefined): TunnelMeaning {
  const VXLAN_GBP_MASK = 0x48ffffn;
  const { value, mask: bits } = pair(key, mask, "GBP", fromHost) ?? { value: 0n, mask: 0n };
  return [equals("vxlan.flags", 8, 0x80n, 0x80n), equals("vxlan.gbp", 24, value, bits & VXLAN_GBP_MASK)];
}

/** fl_set_erspan_opt: the version says which of the others are read; masks have a version, too. */
function erspan(key: Value, mask: Value | undefined): TunnelMeaning {
  const version = pair(key, mask, "VER", toNumber);
  if (version === undefined || ![1n, 2n].includes(version.value) || ![1n, 2n].includes(version.mask)) return undefined;
  const read = (name: string, field: string, widthBits: number) => {
    const part = pair(key, mask, name, toNumber);
    // The packet has no bits above the field's.
    return part && narrow(`erspan.${field}`, widthBits, part);
  };
  const parts = version.value === 1n
    ? [read("INDEX", "index", 20)]
    : [read("DIR", "direction", 1), read("HWID", "hw_id", 6)];
  if (parts.some((part) => part === undefined)) return undefined;
  return [equals("erspan.version", 4, version.value), ...parts as Condition[]];
}

/** fl_set_gtp_opt: both parts are asked for. */
function gtp(key: Value, mask: Value | undefined): TunnelMeaning {
  const [type, flow] = [pair(key, mask, "PDU_TYPE", toNumber), pair(key, mask, "QFI", toNumber)];
  if (type === undefined || flow === undefined) return undefined;
  return [narrow("gtp.pdu_type", 4, type), narrow("gtp.qfi", 6, flow)];
}

/** fl_set_geneve_opt: options as they are on the wire, one behind the other, from byte 8 of the header. */
function geneve(keys: readonly NamedAttribute[], masks: readonly NamedAttribute[]): TunnelMeaning {
  let [bytes, bits] = ["", ""];
  for (const [index, [, key]] of keys.entries()) {
    const parts = new Map(within(key));
    const partMasks = new Map(within(masks[index]?.[1]));
    const [kind, type, data] = ["CLASS", "TYPE", "DATA"].map((name) => parts.get(name));
    if (typeof kind !== "string" || typeof type !== "string" || typeof data !== "string") return undefined;
    const maskOf = (name: string, value: string) => {
      const mask = partMasks.get(name);
      return typeof mask === "string" ? mask : "f".repeat(value.length);
    };
    const dataMask = maskOf("DATA", data);
    if (data.length === 0 || data.length % 8 !== 0 || dataMask.length !== data.length) return undefined;
    const words = (data.length / 8).toString(16).padStart(2, "0");
    bytes += kind + type + words + data;
    // Of the byte with the length the upper three bits are reserved.
    bits += `${maskOf("CLASS", kind)}${maskOf("TYPE", type)}1f${dataMask}`;
  }
  const conditions = [isWithin("geneve.opt_len", 6, BigInt(bytes.length / 8), 63n)];
  const most = 2 * 16;
  for (let at = 0; at < bytes.length; at += most) {
    const mask = toNumber(bits.slice(at, at + most));
    const length = Math.min(most, bytes.length - at) / 2;
    if (mask === 0n) continue;
    conditions.push(equals(`geneve[${8 + at / 2}:${length}]`, 8 * length, toNumber(bytes.slice(at, at + most)), mask));
  }
  return conditions;
}

/** A value that the packet has fewer bits for; those above stay in the condition, which then never holds. */
function narrow(field: string, widthBits: number, { value, mask }: Bits): Condition {
  const above = (value & mask) >> BigInt(widthBits) << BigInt(widthBits);
  return equals(field, widthBits, value & mask, (mask & (1n << BigInt(widthBits)) - 1n) | above);
}

function pair(key: Value, mask: Value | undefined, name: string, read: (hex: string) => bigint): Bits | undefined {
  const [value, bits] = [new Map(within(key)).get(name), new Map(within(mask)).get(name)];
  if (typeof value !== "string" || value === "") return undefined;
  const all = (1n << BigInt(4 * value.length)) - 1n;
  return { value: read(value), mask: typeof bits === "string" ? read(bits) : all };
}

function same(name: string): Readonly<Record<Family, string>> {
  return { ipv4: name, ipv6: name, either: name };
}

function within(value: Value | undefined): readonly NamedAttribute[] {
  return typeof value === "object" ? value : [];
}

function toMask(mask: Value | undefined): bigint | undefined {
  return typeof mask === "string" ? toNumber(mask) : undefined;
}

function toNumber(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

function fromHost(hex: string): bigint {
  return toNumber(Uint8Array.fromHex(hex).reverse().toHex());
}
