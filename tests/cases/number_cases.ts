/**
 * What the cases of every number have in common: its ends, a value between them, the sign bit that it has not. Few enough
 * matches for one program.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import type { Around, FieldCases, Packets, Present, TruthTable, Within } from "./field_cases.ts";

/** What the cases of one field differ by. */
export interface NumberField {
  /** Name of the field. */
  readonly field: string;
  readonly widthBits: number;
  /** A packet whose field has the value, and bits around it that do not look like it. */
  readonly packet: (value: bigint) => Packet;
  /** A value neither at an end nor beside one; a field of one bit has none. */
  readonly middle?: bigint;
  readonly within?: readonly Within[];
  readonly present: readonly Present[];
  readonly absent: Packets;
  readonly rules?: FieldCases["rules"];
}

/** The cases of a number. */
export function numberCases(number: NumberField): FieldCases {
  const { field, widthBits, packet, middle, within = [], present, absent, rules = [] } = number;
  const largest = 2n ** BigInt(widthBits) - 1n;
  const between: Around[] = middle === undefined
    ? []
    : [{ value: middle, below: packet(middle - 1n), equal: packet(middle), above: packet(middle + 1n) }];
  return {
    field,
    largest,
    around: [
      ...between,
      { value: 0n, equal: packet(0n), above: packet(1n) },
      { value: largest, below: packet(largest - 1n), equal: packet(largest) },
    ],
    within,
    present,
    absent,
    tables: [maskTable(widthBits, largest, packet)],
    rules,
  };
}

/** The top bit against all others: where a sign would be, and where a comparison of bytes in the wrong order goes wrong. */
function maskTable(widthBits: number, largest: bigint, packet: (value: bigint) => Packet): TruthTable {
  const top = 2n ** BigInt(widthBits - 1);
  return {
    packets: {
      "all bits": packet(largest),
      "the top bit": packet(top),
      "all bits but the top one": packet(largest - top),
    },
    rows: [
      ["==", { of: top, mask: top }, [true, true, false]],
      ["!=", { of: top, mask: top }, [false, false, true]],
      ["<", { of: top, mask: top }, [false, false, true]],
      ["<=", { of: 0n, mask: top }, [false, false, true]],
      [">=", { of: top, mask: top }, [true, true, false]],
      ["in", { of: [top], mask: top }, [true, true, false]],
      ["not in", { of: [top], mask: top }, [false, false, true]],
      ["==", { of: 0n, mask: 0n }, [true, true, true]],
      ["!=", { of: 0n, mask: 0n }, [false, false, false]],
    ],
  };
}
