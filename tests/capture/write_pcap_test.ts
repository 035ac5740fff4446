import assert from "node:assert/strict";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { encodePcap } from "../../lib/capture/write_pcap.ts";
import { testWith } from "../toolchain/tool.ts";
import { frame } from "./build_capture.ts";
import { countWithTcpdump, readWithTcpdump } from "./tcpdump.ts";

const PACKETS = [
  { bytes: frame(60), timestampNs: 1_700_000_000_123_456_789n, originalLength: 1500 },
  { bytes: frame(262_144), timestampNs: 4_294_967_295_999_999_999n },
  { bytes: frame(14) },
];

testWith("tcpdump", "encodePcap() writes what tcpdump reads", async () => {
  const file = encodePcap(PACKETS);
  assert.equal(await countWithTcpdump(file), 3);
  const judged = await readWithTcpdump(file);
  assert.deepEqual(judged.map(({ hex }) => hex), PACKETS.map(({ bytes }) => bytes.toHex()));
  assert.deepEqual(judged.map(({ timestampNs }) => timestampNs), [
    1_700_000_000_123_456_000n,
    4_294_967_295_999_999_000n,
    0n,
  ]);
  assert.deepEqual(judged.map(({ originalLength }) => originalLength), [1500, 262_144, 14]);
});

Deno.test("encodePcap() writes what readCapture() reads, and the same bytes again", () => {
  const file = encodePcap(PACKETS);
  const { packets, warnings } = readCapture(file);
  assert.deepEqual(warnings, []);
  assert.deepEqual(packets.map(({ bytes }) => bytes.toHex()), PACKETS.map(({ bytes }) => bytes.toHex()));
  assert.deepEqual(encodePcap(packets), file);
});

Deno.test("encodePcap() writes no more than the header when there are no packets", () => {
  assert.equal(encodePcap([]).toHex(), "d4c3b2a1020004000000000000000000" + "0000040001000000");
});

for (
  const [what, packet] of [
    ["longer than the snap length", { bytes: frame(262_145) }],
    ["of an original length below its own", { bytes: frame(20), originalLength: 19 }],
    ["of a fractional original length", { bytes: frame(20), originalLength: 20.5 }],
    ["from before 1970", { bytes: frame(20), timestampNs: -1n }],
    ["from after 2106", { bytes: frame(20), timestampNs: 4_294_967_296_000_000_000n }],
  ] as const
) {
  Deno.test(`encodePcap() refuses a packet ${what}`, () => {
    assert.throws(() => encodePcap([{ bytes: frame(14) }, packet]), /^RangeError: .* packet 1 /);
  });
}
