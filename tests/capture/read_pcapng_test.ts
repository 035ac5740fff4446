import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { testWith } from "../toolchain/tool.ts";
import { block, bytesOf, enhancedPacket, frame, interfaceDescription, option, sectionHeader } from "./build_capture.ts";
import { readWithTcpdump } from "./tcpdump.ts";

const TIME_NS = 1_700_000_000_123_456_000n;

for (const littleEndian of [true, false]) {
  const order = { littleEndian };
  const name = littleEndian ? "little" : "big";
  const file = bytesOf([
    sectionHeader(order),
    interfaceDescription(order),
    block(5, [frame(12)], order), // interface statistics
    enhancedPacket(frame(61), { ...order, ticks: TIME_NS / 1000n, originalLength: 99 }),
    block(0x0bad, [frame(8)], order), // a custom block
    block(3, [[62, 32], frame(62)], order),
    block(2, [[0, 16], [7, 16], [0, 32], [5, 32], [63, 32], [63, 32], frame(63)], order),
  ]);

  Deno.test(`readCapture() reads enhanced, simple and obsolete packet blocks, ${name}-endian`, () => {
    const { format, packets, warnings } = readCapture(file);
    assert.deepEqual([format, warnings], ["pcapng", []]);
    assert.deepEqual(packets.map(({ bytes }) => bytes.toHex()), [61, 62, 63].map((length) => frame(length).toHex()));
    assert.deepEqual(packets.map(({ index }) => index), [0, 1, 2]);
    assert.deepEqual(packets.map(({ originalLength }) => originalLength), [99, 62, 63]);
    assert.deepEqual(packets.map(({ timestampNs }) => timestampNs), [TIME_NS, 0n, 5000n]);
  });

  testWith("tcpdump", `readCapture() agrees with tcpdump about pcapng, ${name}-endian`, async () => {
    const judged = await readWithTcpdump(file);
    const read = readCapture(file).packets.map(({ bytes, timestampNs, originalLength }) => ({
      timestampNs,
      hex: bytes.toHex(),
      originalLength,
    }));
    assert.deepEqual(read, judged);
  });
}

Deno.test("readCapture() numbers interfaces anew in each section, and sections may differ in byte order", () => {
  const big = { littleEndian: false };
  const file = bytesOf([
    sectionHeader(),
    interfaceDescription({ linkType: 113 }),
    interfaceDescription(),
    enhancedPacket(frame(20), { interfaceId: 1 }),
    sectionHeader(big),
    interfaceDescription(big),
    enhancedPacket(frame(30), big),
  ]);
  assert.deepEqual(readCapture(file).packets.map(({ bytes }) => bytes.length), [20, 30]);
});

for (
  const [what, options, ticks, expected] of [
    ["milliseconds", [option(9, [[3, 8]])], 1234n, 1_234_000_000n],
    ["nanoseconds", [option(9, [[9, 8]])], 1234n, 1234n],
    ["picoseconds", [option(9, [[12, 8]])], 1999n, 1n],
    ["1024ths of a second", [option(9, [[0x8a, 8]])], 1536n, 1_500_000_000n],
    ["10^-127 seconds", [option(9, [[127, 8]])], 1n, 0n],
    ["microseconds after an offset", [option(2, [frame(5)]), option(14, [[10, 64]])], 1n, 10_000_001_000n],
    ["microseconds before 1970", [option(14, [[-1n, 64]])], 0n, -1_000_000_000n],
    ["microseconds, the option coming after the end", [bytesOf([[0, 32]]), option(9, [[9, 8]])], 1n, 1000n],
  ] as const
) {
  Deno.test(`readCapture() reads times in ${what}`, () => {
    const file = bytesOf([
      sectionHeader(),
      interfaceDescription({ options: [...options] }),
      enhancedPacket(frame(4), { ticks }),
    ]);
    assert.equal(readCapture(file).packets[0]?.timestampNs, expected);
  });
}

Deno.test("readCapture() leaves the frame check sequence of an interface out", () => {
  const file = bytesOf([
    sectionHeader(),
    interfaceDescription({ options: [option(13, [[4, 8]])] }),
    enhancedPacket(frame(64)),
  ]);
  const [packet] = readCapture(file).packets;
  assert.deepEqual([packet?.bytes.length, packet?.originalLength], [60, 60]);
});

Deno.test("readCapture() cuts simple packets at the interface's snap length", () => {
  const file = bytesOf([sectionHeader(), interfaceDescription({ snapLength: 8 }), block(3, [[60, 32], frame(8)])]);
  const [packet] = readCapture(file).packets;
  assert.deepEqual([packet?.bytes.length, packet?.originalLength], [8, 60]);
});

Deno.test("readCapture() gives the whole packets and a warning wherever a pcapng file is cut", () => {
  const blocks = [sectionHeader(), interfaceDescription(), enhancedPacket(frame(10)), enhancedPacket(frame(20))];
  const ends = blocks.map((_, index) => bytesOf(blocks.slice(0, index + 1)).length);
  const file = bytesOf(blocks);
  for (let length = ends[0] ?? 0; length <= file.length; length++) {
    const { packets, warnings } = readCapture(file.subarray(0, length));
    assert.equal(packets.length, Math.max(0, ends.filter((end) => end <= length).length - 2));
    assert.deepEqual(warnings.map(({ code }) => code), ends.includes(length) ? [] : ["truncated-capture"]);
  }
});

const START = [sectionHeader(), interfaceDescription()] as const;
for (
  const [what, parts, code, pattern] of [
    ["a first block that is cut", [sectionHeader().subarray(0, 20)], "bad-capture", /at byte 20, the file ends/],
    ["no byte order", [sectionHeader().fill(9, 8, 12)], "bad-capture", /at byte 8, .*found 09090909/],
    ["another version", [sectionHeader({ majorVersion: 2 })], "bad-capture", /version 1.*found 2/],
    [
      "a block shorter than its frame",
      [...START, bytesOf([[6, 32], [8, 32], [8, 32]])],
      "bad-capture",
      /at byte 52, .*found 8/,
    ],
    [
      "a block of odd length",
      [...START, bytesOf([[6, 32], [13, 32], [13, 32]])],
      "bad-capture",
      /at byte 52, .*found 13/,
    ],
    ["an absurd length", [...START, bytesOf([[6, 32], [0xfffffff0, 32], [0, 32]])], "bad-capture", /found 4294967280/],
    [
      "lengths that differ",
      [...START, bytesOf([[6, 32], [12, 32], [16, 32]])],
      "bad-capture",
      /at byte 56, .*12, found 16/,
    ],
    [
      "a packet longer than its block",
      [...START, enhancedPacket(frame(4), { capturedLength: 5 })],
      "bad-capture",
      /at most 4 bytes, found 5/,
    ],
    [
      "a packet block without fields",
      [...START, block(6, [[0, 32]])],
      "bad-capture",
      /at least 20 bytes .*type 6, found 4/,
    ],
    [
      "an unknown interface",
      [...START, enhancedPacket(frame(4), { interfaceId: 1 })],
      "bad-capture",
      /interface 1, but 1 /,
    ],
    [
      "an option longer than its block",
      [sectionHeader(), interfaceDescription({ options: [[9, 16], [5, 16]] })],
      "bad-capture",
      /option 9 of 5/,
    ],
    [
      "packets of another link type",
      [sectionHeader(), interfaceDescription({ linkType: 105 }), enhancedPacket(frame(4))],
      "unsupported-link-type",
      /IEEE 802\.11 \(105\)/,
    ],
  ] as const
) {
  Deno.test(`readCapture() refuses pcapng with ${what}`, () => {
    assert.throws(() => readCapture(bytesOf(parts), "x.pcapng"), (error: unknown) => {
      assert(error instanceof FilterError);
      assert.deepEqual(error.diagnostics.map((one) => one.code), [code]);
      assert.match(error.message, pattern);
      return true;
    });
  });
}
