/**
 * What the two fields of GTP-U's PDU session container have in common.
 *
 * @module
 */

import { ethernet, frame, gtp, ipv4, ipv6, payload, stack, udp } from "../packets/build.ts";
import type { FieldCases } from "./field_cases.ts";
import { upperCases } from "./upper_cases.ts";

/** What GTP-U's container may say, as {@link gtp} takes it. */
type Session = NonNullable<NonNullable<Parameters<typeof gtp>[0]>["session"]>;

/** What the cases of such a field are made of. */
interface SessionField {
  readonly field: string;
  readonly widthBits: number;
  /** The container with that number in the field, and everything else set. */
  readonly full: (value: number) => Session;
  /** A container whose field is 5. */
  readonly five: Session;
  /** A container that would be taken for one with the field, were it there. */
  readonly other: Session;
  readonly brief?: boolean;
}

/** Cases of a field of the container. */
export function gtpSessionCases({ full, five, other, ...field }: SessionField): FieldCases {
  const to = udp({ dst: 2152 });
  return upperCases({
    ...field,
    upper: (value) => stack(to, gtp({ session: full(value) })),
    bytes: 23,
    present: [{
      value: 5,
      packets: {
        "with a sequence number": frame(ethernet(), ipv4(), to, gtp({ sequence: true, session: five })),
        "in a container of two words": //
          frame(ethernet(), ipv6(), to, gtp({ session: { ...five, words: 2 } }), payload([0, 0, 0, 0])),
      },
    }],
    absent: {
      "of version 2": frame(ethernet(), ipv4(), to, gtp({ version: 2, session: other })),
      "of version 0": frame(ethernet(), ipv6(), to, gtp({ version: 0, session: other })),
      "GTP'": frame(ethernet(), ipv4(), to, gtp({ protocolType: 0, session: other })),
      "from the port": frame(ethernet(), ipv4(), udp({ src: 2152 }), gtp({ session: other })),
      "to GTP-C's port": frame(ethernet(), ipv6(), udp({ dst: 2123 }), gtp({ session: other })),
      "without the container": //
        frame(ethernet(), ipv4(), to, gtp(), payload([0, 0, 0, 0x85, 1, 0xa0, 0x29, 0])),
      "with a sequence number only": frame(ethernet(), ipv6(), to, gtp({ sequence: true }), payload([1, 0xa0, 0x29])),
      "without the flag of extensions": frame(ethernet(), ipv6(), to, gtp({ hidden: true, session: other })),
      "with another extension first": frame(ethernet(), ipv4(), to, gtp({ session: { ...other, next: 0x40 } })),
      "with a container of no bytes": frame(ethernet(), ipv4(), to, gtp({ session: { ...other, words: 0 } })),
    },
  });
}
