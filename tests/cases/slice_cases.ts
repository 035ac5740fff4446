/**
 * What slices have in common: some bytes at a distance from where they are counted from.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import {
  cut,
  ethernet,
  frame,
  geneve,
  icmp,
  ipv4,
  ipv6,
  payload,
  sctp,
  stack,
  tcp,
  udp,
  vxlan,
} from "../packets/build.ts";
import type { FieldCases, Packets, Present } from "./field_cases.ts";
import { of } from "./shapes.ts";
import { elsewhere, wrappings } from "./upper_cases.ts";

/** What the cases of a slice are made of. */
export interface SliceOf {
  /** Its name: `udp[8:4]`. */
  readonly field: string;
  /** How many bytes. */
  readonly bytes: number;
  /** A packet with these bytes there. */
  readonly packet: (data: readonly number[]) => Packet;
  /** Packets with {@link wantedBytes} there. */
  readonly there: Packets;
  /** Packets with other bytes there. */
  readonly present?: readonly Present[];
  /** Packets that lack one of the bytes, or what the slice is counted from. */
  readonly absent: Packets;
}

/** So many bytes, none like another and none at an end of what a byte can be. */
export function wantedBytes(count: number): number[] {
  return [0xa5, 0xc3, 0xe1, 0x78, 0x5a, 0x3c, 0x1e, 0x87, 0x96, 0xb4, 0xd2, 0x4b, 0x69, 0x2d, 0x0f, 0x44].slice(
    0,
    count,
  );
}

/** So many bytes that are none of {@link wantedBytes}. */
export function filler(count: number): number[] {
  return new Array<number>(count).fill(0x55);
}

/** The cases. */
export function sliceCases({ field, bytes, packet, there, present = [], absent }: SliceOf): FieldCases {
  const wanted = wantedBytes(bytes);
  const value = BigInt(`0x${Uint8Array.from(wanted).toHex()}`);
  const with_ = (index: number, byte: number) => packet(wanted.with(index, byte));
  const last = bytes - 1;
  const zeros = "00".repeat(bytes - 1);
  return {
    field,
    largest: 2n ** BigInt(8 * bytes) - 1n,
    around: [{
      value,
      below: with_(last, wanted[last]! - 1),
      equal: packet(wanted),
      above: with_(last, wanted[last]! + 1),
    }],
    within: [],
    present: [{ value, packets: there }, ...present],
    absent,
    tables: [{
      packets: {
        "the first byte smaller": with_(0, 0xa4),
        "all as wanted": packet(wanted),
        "the first byte larger": with_(0, 0xa6),
      },
      rows: [
        ["==", `0xa5${zeros}/0xff${zeros}`, [false, true, false]],
        ["<", `0xa5${zeros}/0xff${zeros}`, [true, false, false]],
        [">", `0xa5${zeros}/0xff${zeros}`, [false, false, true]],
        ["in", [Uint8Array.from(wanted), Uint8Array.from(wanted.with(0, 0xa6))], [false, true, true]],
      ],
    }],
  };
}

/** A slice of layer 4, of any protocol or of one. */
export function upperSliceCases(
  field: string,
  protocol: number | undefined,
  offset: number,
  bytes: number,
  absent: Packets,
): FieldCases {
  const upper = (data: readonly number[]) =>
    payload([...filler(offset), ...data, ...filler(3)], { protocol: protocol ?? 253 });
  const wanted = upper(wantedBytes(bytes));
  const where = wrappings(wanted, offset + bytes);
  return sliceCases({
    field,
    bytes,
    packet: (data) => frame(ethernet(), bytes % 2 === 0 ? ipv4() : ipv6(), upper(data)),
    there: {
      ...where.present,
      ...(protocol === undefined && of("any protocol:", {
        "a protocol for experiments": frame(ethernet(), ipv4({ proto: 254 }), wanted),
        "no next header": frame(ethernet(), ipv6({ nxt: 59 }), wanted),
        "UDP": frame(ethernet(), ipv6({ nxt: 17 }), wanted),
      })),
    },
    absent: { ...where.absent, ...(protocol !== undefined && elsewhere(wanted)), ...absent },
  });
}

/** A slice of what TCP, UDP or SCTP carry. */
export function payloadSliceCases(field: string, offset: number, bytes: number): FieldCases {
  const body = (data: readonly number[]) => payload([...filler(offset), ...data]);
  const wanted = body(wantedBytes(bytes));
  const overUdp = wrappings(stack(udp(), wanted), 8 + offset + bytes);
  const options = [1, 1, 1, 0];
  return sliceCases({
    field,
    bytes,
    packet: (data) => frame(ethernet(), ipv4(), udp(), body(data)),
    there: {
      ...overUdp.present,
      "of TCP": frame(ethernet(), ipv4(), tcp(), wanted),
      "of TCP with options": frame(ethernet(), ipv6(), tcp({ options }), wanted),
      "of TCP with 40 bytes of options": frame(ethernet(), ipv4(), tcp({ options: filler(40) }), wanted),
      "of SCTP": frame(ethernet(), ipv6(), sctp(), wanted),
      "of UDP of length zero": frame(ethernet(), ipv4(), udp({ length: 0 }), wanted),
    },
    absent: {
      ...overUdp.absent,
      ...elsewhere(stack(udp(), wanted)),
      "of TCP with a data offset below 20": frame(ethernet(), ipv4(), tcp({ dataOffset: 4 }), wanted),
      "of TCP with a data offset of nothing": frame(ethernet(), ipv6(), tcp({ dataOffset: 0 }), wanted),
      "of TCP, a byte less": cut(frame(ethernet(), ipv4(), tcp(), wanted), 14 + 20 + 20 + offset + bytes - 1),
      "of SCTP, a byte less": cut(frame(ethernet(), ipv6(), sctp(), wanted), 14 + 40 + 12 + offset + bytes - 1),
      "of TCP whose options go beyond the frame": //
        cut(frame(ethernet(), ipv4(), tcp({ options: filler(40) }), payload(filler(40))), 14 + 20 + 59),
      "of ICMP": frame(ethernet(), ipv4(), icmp(), wanted, wanted),
      "of UDP-Lite": frame(ethernet(), ipv4({ proto: 136 }), udp(), wanted),
    },
  });
}

/** A slice of Geneve's header and options. */
export function geneveSliceCases(field: string, offset: number, bytes: number): FieldCases {
  // The first byte says version 0, and four words of options.
  const header = (data: readonly number[]) => payload([0x04, ...filler(offset - 1), ...data, ...filler(16)]);
  const upper = (data: readonly number[]) => stack(udp({ dst: 6081 }), header(data));
  const wanted = wantedBytes(bytes);
  const where = wrappings(upper(wanted), 8 + Math.max(8, offset + bytes));
  return sliceCases({
    field,
    bytes,
    packet: (data) => frame(ethernet(), ipv4(), upper(data)),
    there: where.present,
    absent: {
      ...where.absent,
      ...elsewhere(upper(wanted)),
      "of version 1": frame(ethernet(), ipv4(), udp({ dst: 6081 }), payload([0x44, ...filler(offset - 1), ...wanted])),
      "to another port": frame(ethernet(), ipv6(), udp({ dst: 6082 }), header(wanted)),
      "VXLAN": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan(), payload(filler(40))),
      "a header without options": cut(frame(ethernet(), ipv4(), udp({ dst: 6081 }), geneve()), 14 + 20 + 8 + 7),
      ...(offset + bytes > 8 &&
        { "options that are not there": frame(ethernet(), ipv4(), udp({ dst: 6081 }), geneve({ optLen: 4 })) }),
    },
  });
}
