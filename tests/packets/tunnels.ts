/**
 * Headers of tunnels for tests, from their RFCs and apart from lib.
 *
 * @module
 */

import { be16, be24, be32, EXPERIMENTAL_TYPE, type Layer } from "./layer.ts";

/** What {@link gre} takes. */
export interface GreFields {
  /** What it carries. */
  readonly type?: number;
  readonly key?: number;
  readonly sequence?: number;
  /** With a word of checksum and offset. */
  readonly checksum?: boolean;
  /** With the routing flag of RFC 1701, which brings the same word. */
  readonly routing?: boolean;
  readonly version?: number;
  /** The first two bytes, instead of what the rest says. */
  readonly flags?: number;
}

/** RFC 2784 section 2, RFC 2890 section 2: checksum, key and sequence number, in this order, when there are any. */
export function gre(fields: GreFields = {}): Layer {
  const { type, key, sequence, checksum = false, routing = false, version = 0 } = fields;
  const flags = (checksum ? 0x8000 : 0) | (routing ? 0x4000 : 0) | (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000) | version;
  return {
    protocol: 47,
    encode: (_above, next) => [
      ...be16(fields.flags ?? flags),
      ...be16(type ?? next?.type ?? EXPERIMENTAL_TYPE),
      ...(checksum || routing ? [0xab, 0xcd, 0, 0] : []),
      ...(key === undefined ? [] : be32(key)),
      ...(sequence === undefined ? [] : be32(sequence)),
    ],
  };
}

/** What both types of ERSPAN begin with. */
export interface ErspanFields {
  readonly version?: number;
  /** The VLAN of the mirrored frame. */
  readonly vlan?: number;
  /** COS, encapsulation and truncation: the six bits before the session id. */
  readonly bits?: number;
  readonly session?: number;
}

/** draft-foschiano-erspan section 4.2: for GRE with a sequence number. */
export function erspan2(fields: ErspanFields & { index?: number; reserved?: number } = {}): Layer {
  const { index = 1, reserved = 0 } = fields;
  return { type: 0x88be, encode: () => [...erspanStart(1, fields), ...be32(reserved * 2 ** 20 + index)] };
}

/** draft-foschiano-erspan section 4.3, without a platform-specific sub-header. */
export function erspan3(
  fields: ErspanFields & { timestamp?: number; tag?: number; hwId?: number; direction?: number; others?: number } = {},
): Layer {
  // P, FT, Gra and O are around the hardware id and the direction.
  const { timestamp = 0x01020304, tag = 0, hwId = 0, direction = 0, others = 0 } = fields;
  const last = others & 0xfc07 | hwId << 4 | direction << 3;
  return { type: 0x22eb, encode: () => [...erspanStart(2, fields), ...be32(timestamp), ...be16(tag), ...be16(last)] };
}

function erspanStart(usual: number, { version = usual, vlan = 0, bits = 0, session = 1 }: ErspanFields): number[] {
  return [...be16(version << 12 | vlan), ...be16(bits << 10 | session)];
}

/** RFC 7348 section 5, and the group policy of draft-smith-vxlan-group-policy: for a datagram to port 4789. */
export function vxlan(fields: { flags?: number; gbp?: number; vni?: number; reserved?: number } = {}): Layer {
  const { flags = 0x08, gbp = 0, vni = 1, reserved = 0 } = fields;
  return { encode: () => [flags, ...be24(gbp), ...be24(vni), reserved] };
}

/** RFC 8926 section 3.4: for a datagram to port 6081. Options are what {@link geneveOption} gives. */
export function geneve(
  fields: {
    version?: number;
    optLen?: number;
    flags?: number;
    type?: number;
    vni?: number;
    options?: readonly number[];
  } = {},
): Layer {
  const { version = 0, flags = 0, type = 0x6558, vni = 1, options = [], optLen = options.length / 4 } = fields;
  return { encode: () => [version << 6 | optLen, flags, ...be16(type), ...be24(vni), 0, ...options] };
}

/** RFC 8926 section 3.5: class, type, length of the data in words. */
export function geneveOption(optionClass: number, type: number, data: readonly number[]): readonly number[] {
  return [...be16(optionClass), type, data.length / 4, ...data];
}

/** What {@link gtp} takes. */
export interface GtpFields {
  readonly version?: number;
  /** GTP, and not GTP'. */
  readonly protocolType?: number;
  readonly teid?: number;
  /** With a sequence number. */
  readonly sequence?: boolean;
  /** With a PDU session container (3GPP TS 38.415) as the first extension header, unless `next` says otherwise. */
  readonly session?: {
    readonly pduType?: number;
    readonly qfi?: number;
    readonly words?: number;
    readonly next?: number;
  };
  /** Without the flag that says that there is an extension header. */
  readonly hidden?: boolean;
}

/** 3GPP TS 29.281 clause 5.1: a G-PDU, for a datagram to port 2152. */
export function gtp(fields: GtpFields = {}): Layer {
  const { version = 1, protocolType = 1, teid = 1, sequence = false, session, hidden = false } = fields;
  const first = version << 5 | protocolType << 4 | (session && !hidden ? 0x04 : 0) | (sequence ? 0x02 : 0);
  const { pduType = 0, qfi = 1, words = 1, next = 0x85 } = session ?? {};
  return {
    encode: (above) => [
      ...[first, 0xff],
      ...be16(above.length),
      ...be32(teid),
      ...(session || sequence ? [0, 7, 0, session ? next : 0] : []),
      ...(session ? [words, pduType << 4, qfi, 0] : []),
    ],
  };
}
