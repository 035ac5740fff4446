import { ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { stackEntry, stackEverywhere, stackNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

// The bits on both sides are the other way round.
const packet = (bottom: bigint) =>
  frame(
    ethernet(),
    ...stackEntry(1, { bottom: Number(bottom), exp: bottom === 0n ? 7 : 0, ttl: bottom === 0n ? 255 : 0 }),
  );

export const cases: FieldCases = numberCases({
  field: "mpls.bottom",
  widthBits: 1,
  packet,
  present: [0, 1].map((bottom) => ({ value: BigInt(bottom), packets: stackEverywhere(1, { bottom }) })),
  absent: stackNowhere(1, { bottom: 0 }),
});
