/**
 * What the fields of ERSPAN's headers have in common: behind GRE, whose flags say what is between.
 *
 * @module
 */

import { erspan2, erspan3, ethernet, frame, gre, ipv4, ipv6, type Layer, payload, stack } from "../packets/build.ts";
import type { FieldCases, Packets } from "./field_cases.ts";
import { upperCases } from "./upper_cases.ts";

/** What the cases of such a field are made of. */
interface ErspanField {
  readonly field: string;
  readonly widthBits: number;
  /** The header with that number in the field, and everything else set. */
  readonly full: (value: number) => Layer;
  /** A number, and the header with it and nothing else; absent where another field of the header tries the same. */
  readonly plain?: { readonly value: number; readonly header: Layer };
  readonly brief?: boolean;
}

/** Cases of a field of type II. */
export function erspan2Cases(field: ErspanField): FieldCases {
  return erspanCases(field, {
    bytes: 16,
    present: (header) => ({
      "behind both": frame(ethernet(), ipv4(), gre({ checksum: true, key: 7, sequence: 1 }), header),
      "without the frame that it carries": frame(ethernet(), ipv4(), gre({ sequence: 1 }), header),
    }),
    absent: {
      "type III": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan3({ version: 10, session: 0x297, hwId: 3 })),
      "type I, without a sequence number": frame(ethernet(), ipv4(), gre(), erspan2({ version: 10, session: 0x297 })),
      "behind routing": frame(ethernet(), ipv6(), gre({ sequence: 1, routing: true }), erspan2({ session: 0x297 })),
      "in GRE of version 1": frame(ethernet(), ipv6(), gre({ sequence: 1, version: 1 }), erspan2({ session: 0x297 })),
      "under another type": frame(ethernet(), ipv4(), gre({ sequence: 1, type: 0x88bf }), erspan2({ session: 0x297 })),
    },
  });
}

/** Cases of a field of type III. */
export function erspan3Cases(field: ErspanField): FieldCases {
  const long = payload([1, 2, 3, 4, 5, 6]);
  return erspanCases(field, {
    bytes: 20,
    present: (header) => ({ "without a sequence number": frame(ethernet(), ipv4(), gre(), header) }),
    absent: {
      "type II": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan2({ session: 0x297 }), long),
      "behind routing": frame(ethernet(), ipv6(), gre({ sequence: 1, routing: true }), erspan3({ session: 0x297 })),
      "in GRE of version 2": frame(ethernet(), ipv6(), gre({ sequence: 1, version: 2 }), erspan3({ session: 0x297 })),
      "under another type": frame(ethernet(), ipv4(), gre({ sequence: 1, type: 0x22ea }), erspan3({ session: 0x297 })),
    },
  });
}

interface ErspanType {
  readonly bytes: number;
  readonly present: (header: Layer) => Packets;
  readonly absent: Packets;
}

function erspanCases({ full, plain, ...field }: ErspanField, { bytes, present, absent }: ErspanType): FieldCases {
  return upperCases({
    ...field,
    upper: (value) => stack(gre({ sequence: 1 }), full(value), payload([0x55, 0x55, 0x55, 0x55])),
    bytes,
    ...(plain && {
      present: [{
        value: plain.value,
        packets: {
          "behind a key": frame(ethernet(), ipv4(), gre({ key: 7, sequence: 1 }), plain.header),
          "behind a checksum": frame(ethernet(), ipv6(), gre({ checksum: true, sequence: 1 }), plain.header),
          ...present(plain.header),
        },
      }],
    }),
    absent,
  });
}
