import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { buildPcap, frame } from "./build_capture.ts";

for (const littleEndian of [true, false]) {
  for (
    const [name, magic, recordSuffix, timestampNs] of [
      ["microseconds", 0xa1b2c3d4, new Uint8Array(0), 1_000_005_000n],
      ["nanoseconds", 0xa1b23c4d, new Uint8Array(0), 1_000_000_005n],
      ["Kuznetzov's records", 0xa1b2cd34, new Uint8Array(8).fill(0xee), 1_000_005_000n],
    ] as const
  ) {
    Deno.test(`readCapture() reads pcap with ${name}, ${littleEndian ? "little" : "big"}-endian`, () => {
      const frames = [frame(60), frame(0), frame(61, 7)];
      const records = frames.map((bytes) => ({ bytes, fraction: 5, originalLength: bytes.length + 9 }));
      const { format, packets, warnings } = readCapture(buildPcap(records, { littleEndian, magic, recordSuffix }));
      assert.equal(format, "pcap");
      assert.deepEqual(warnings, []);
      assert.deepEqual(
        packets.map((packet) => ({ ...packet, bytes: packet.bytes.toHex() })),
        frames.map((bytes, index) => ({
          index,
          bytes: bytes.toHex(),
          originalLength: bytes.length + 9,
          timestampNs,
          linkType: 1,
        })),
      );
    });
  }
}

Deno.test("readCapture() gives views into the file, also when the file is a view itself", () => {
  const file = buildPcap([{ bytes: frame(20) }]);
  const larger = new Uint8Array(file.length + 3);
  larger.set(file, 3);
  const [packet] = readCapture(larger.subarray(3)).packets;
  assert.equal(packet?.bytes.buffer, larger.buffer);
  assert.deepEqual(packet?.bytes, frame(20));
});

Deno.test("readCapture() leaves the frame check sequence out when the file says there is one", () => {
  const linkType = 0x2400_0001; // two 16-bit words
  const records = [{ bytes: frame(64) }, { bytes: frame(62), originalLength: 64 }, {
    bytes: frame(40),
    originalLength: 64,
  }];
  const { packets } = readCapture(buildPcap(records, { linkType }));
  assert.deepEqual(packets.map(({ bytes, originalLength }) => [bytes.length, originalLength]), [[60, 60], [60, 60], [
    40,
    60,
  ]]);
});

Deno.test("readCapture() ignores the frame check length when its flag is not set", () => {
  const { packets } = readCapture(buildPcap([{ bytes: frame(64) }], { linkType: 0x3000_0001 }));
  assert.equal(packets[0]?.bytes.length, 64);
});

Deno.test("readCapture() corrects an original length below the captured one", () => {
  const { packets } = readCapture(buildPcap([{ bytes: frame(64), originalLength: 3 }]));
  assert.deepEqual([packets[0]?.bytes.length, packets[0]?.originalLength], [64, 64]);
});

Deno.test("readCapture() gives the whole packets and a warning wherever a pcap file is cut", () => {
  const file = buildPcap([{ bytes: frame(10) }, { bytes: frame(20) }]);
  const ends = [24, 24 + 16 + 10, file.length];
  for (let length = 24; length <= file.length; length++) {
    const { packets, warnings } = readCapture(file.subarray(0, length), "cut.pcap");
    assert.equal(packets.length, ends.filter((end) => end <= length).length - 1);
    assert.deepEqual(warnings.map(({ code }) => code), ends.includes(length) ? [] : ["truncated-capture"]);
    if (warnings[0] !== undefined) assert.match(warnings[0].message, /"cut\.pcap".* byte (24|50), after [01] packet/);
  }
});

for (
  const [what, bytes, code, pattern] of [
    ["an empty file", new Uint8Array(0), "bad-capture", /"x\.pcap": at byte 0, .*the file is empty/],
    ["a text", new TextEncoder().encode("drop tcp"), "bad-capture", /at byte 0, .*found 64726f70/],
    ["a header that is cut", buildPcap([]).subarray(0, 23), "bad-capture", /at byte 23, the file ends/],
    ["another version", buildPcap([], { majorVersion: 3 }), "bad-capture", /at byte 4, .*version 2.*found 3/],
    [
      "an absurd length",
      buildPcap([{ bytes: frame(1) }, { bytes: frame(4), capturedLength: 0x1000_0001 }]),
      "bad-capture",
      /at byte 49, .*found 268435457/,
    ],
    [
      "cooked packets",
      buildPcap([], { linkType: 113 }),
      "unsupported-link-type",
      /Linux cooked capture v1 \(113\).*byte 20/,
    ],
    ["a nameless link type", buildPcap([], { linkType: 9999 }), "unsupported-link-type", /is 9999 /],
  ] as const
) {
  Deno.test(`readCapture() refuses ${what}`, () => {
    assert.throws(() => readCapture(bytes, "x.pcap"), (error: unknown) => {
      assert(error instanceof FilterError);
      assert.deepEqual(error.diagnostics.map(({ severity, code }) => [severity, code]), [["error", code]]);
      assert.match(error.message, pattern);
      return true;
    });
  });
}

Deno.test("readCapture() says that a compressed file is to be unpacked", () => {
  assert.throws(
    () => readCapture(Uint8Array.of(0x1f, 0x8b, 8, 0)),
    (error: unknown) => error instanceof FilterError && /gunzip/.test(error.diagnostics[0]?.hint ?? ""),
  );
});
