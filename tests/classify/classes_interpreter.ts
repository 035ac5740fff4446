/**
 * Looks packets up in the bytes of a classes plan as templates/include/kefir/classes.h does, in TypeScript.
 *
 * @module
 */

import { LONGEST_BYTES } from "../../lib/classify/interval_map/layout.ts";
import { lookupInterval } from "../../lib/classify/interval_map/interval_map.ts";
import { type ClassesPlaceStep, type ClassesPlan, intervalForm } from "../../lib/classify/plan.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import type { PacketKey } from "./tuple_interpreter.ts";

/** What a packet finds. */
export interface ClassesLookup {
  /** Index of the counter. */
  readonly counter: number;
  readonly drop: boolean;
}

/** The lookup. */
export function lookUpClasses(plan: ClassesPlan, key: PacketKey): ClassesLookup {
  const view = new DataView(plan.tables.buffer);
  const found: number[] = [];
  plan.steps.forEach((step, index) => {
    const pair = (left: number, right: number): number =>
      entry(plan, view.getUint32(8 * index, true) + 2 * right + left * view.getUint32(8 * index + 4, true));
    switch (step.kind) {
      case "pair":
        return found.push(pair(found[step.left]!, found[step.right]!));
      case "only":
        return found.push(pair(found[step.of]!, 0));
      case "constant":
        return found.push(pair(0, 0));
      default:
        return found.push(placeClass(plan, step, valueOf(step, key)));
    }
  });
  const decided = found.at(-1)!;
  return { counter: decided >> 1, drop: (decided & 1) === 1 };
}

function valueOf({ place, bits }: ClassesPlaceStep, { places, present }: PacketKey): bigint {
  const value = place === undefined ? BigInt(present) : places.get(place) ?? 0n;
  return bits === undefined ? value : (value >> BigInt(bits.shift)) & allOnes(bits.widthBits);
}

function placeClass(plan: ClassesPlan, step: ClassesPlaceStep, value: bigint): number {
  if (step.kind === "map") {
    const { rootBits, rootAt, widthBits } = step;
    const bytes = plan.capacity + LONGEST_BYTES;
    return lookupInterval(
      { bytes: plan.tables, shape: { form: intervalForm(widthBits), rootBits, bytes }, rootAt },
      value,
    );
  }
  const number = Number(value);
  const inBlock = (block: number, low: number): number => entry(plan, 512 * block + 2 * (low & 0xff));
  switch (step.kind) {
    case "table":
      return entry(plan, step.rootAt + 2 * number);
    case "blocks":
      return inBlock(entry(plan, step.rootAt + 2 * (number >>> 8)), number);
    case "trie":
      return inBlock(inBlock(entry(plan, step.rootAt + 2 * (number >>> 16)), number >>> 8), number);
  }
}

function entry({ tables, mask }: ClassesPlan, at: number): number {
  if ((at & mask) !== at) throw new RangeError(`the program would not look at ${at}`);
  return new DataView(tables.buffer).getUint16(at, true);
}
