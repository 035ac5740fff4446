import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { encodePcap } from "../../lib/capture/write_pcap.ts";
import {
  block,
  buildPcap,
  bytesOf,
  enhancedPacket,
  frame,
  interfaceDescription,
  option,
  sectionHeader,
} from "./build_capture.ts";

const RUNS = { numRuns: 5000 };
const BIG = { littleEndian: false };

const SEEDS = [
  buildPcap([{ bytes: frame(20) }, { bytes: frame(33) }]),
  buildPcap([{ bytes: frame(20) }, { bytes: frame(5) }], { ...BIG, magic: 0xa1b23c4d, linkType: 0x2400_0001 }),
  buildPcap([{ bytes: frame(9) }], { magic: 0xa1b2cd34, recordSuffix: frame(8) }),
  bytesOf([
    sectionHeader(),
    interfaceDescription({
      snapLength: 40,
      options: [option(9, [[9, 8]]), option(13, [[4, 8]]), option(14, [[1, 64]])],
    }),
    enhancedPacket(frame(21), { ticks: 77n }),
    block(3, [[50, 32], frame(40)]),
    sectionHeader(BIG),
    interfaceDescription(BIG),
    block(2, [[0, 16], [0, 16], [0, 32], [5, 32], [3, 32], [63, 32], frame(3)], BIG),
  ]),
] as const;

Deno.test("readCapture() throws nothing but FilterError for random bytes after a magic number", () => {
  const magic = fc.constantFrom(
    new Uint8Array(0),
    ...SEEDS.map((seed) => seed.subarray(0, 4)),
    SEEDS[3].subarray(0, 48),
  );
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 200 }), (head, tail) => expectSane(bytesOf([head, tail]))),
    RUNS,
  );
});

Deno.test("readCapture() throws nothing but FilterError for captures with bytes changed and cut off", () => {
  const mutation = fc.record({
    seed: fc.constantFrom(...SEEDS),
    changes: fc.array(fc.tuple(fc.nat(300), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0xff))), { maxLength: 6 }),
    cut: fc.nat(60),
  });
  fc.assert(
    fc.property(mutation, ({ seed, changes, cut }) => {
      const bytes = seed.slice(0, Math.max(0, seed.length - (cut < 30 ? 0 : cut)));
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      expectSane(bytes);
    }),
    RUNS,
  );
});

Deno.test("readCapture() reads back any packets that encodePcap() writes", () => {
  const packet = fc.record({
    bytes: fc.uint8Array({ maxLength: 100 }),
    timestampNs: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999n }).map((microseconds) => microseconds * 1000n),
    extra: fc.nat(0xffff_0000),
  }).map(({ extra, ...rest }) => ({ ...rest, originalLength: rest.bytes.length + extra }));
  fc.assert(fc.property(fc.array(packet, { maxLength: 8 }), (packets) => {
    const read = readCapture(encodePcap(packets)).packets;
    assert.deepEqual(
      read.map((one) => [one.bytes.toHex(), one.timestampNs, one.originalLength]),
      packets.map((one) => [one.bytes.toHex(), one.timestampNs, one.originalLength]),
    );
  }));
});

/** Reads a file that may be anything: what comes out is consistent, and what is thrown is what is documented. */
function expectSane(bytes: Uint8Array): void {
  let capture;
  try {
    capture = readCapture(bytes);
  } catch (error) {
    assert(error instanceof FilterError, String(error));
    assert(["bad-capture", "unsupported-link-type"].includes(error.diagnostics[0]?.code ?? ""));
    return;
  }
  assert(capture.warnings.every(({ code }) => code === "truncated-capture"));
  for (const [index, packet] of capture.packets.entries()) {
    assert.equal(packet.index, index);
    assert(packet.bytes.length <= packet.originalLength);
    assert.equal(packet.bytes.buffer, bytes.buffer);
  }
}
