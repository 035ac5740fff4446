import assert from "node:assert/strict";
import { Random } from "../../lib/bench/random.ts";
import { traceLayout } from "../../lib/codegen/harness.ts";
import { buildTrace, TRACE_FRAMES } from "../../lib/bench/trace.ts";

const packet = (id: number, length = 60) => ({ bytes: Uint8Array.from({ length }, (_, at) => at === 0 ? id : 0) });

function build(packets: Parameters<typeof buildTrace>[0]) {
  return buildTrace(packets, { hashEntries: 50, random: new Random(3) });
}

Deno.test("buildTrace() repeats the packets evenly, in an order that is no order", () => {
  const { frames, cut } = build([0, 1, 2].map((id) => packet(id)));
  assert.equal(frames.length, TRACE_FRAMES);
  const counts = [0, 0, 0];
  let followed = 0;
  frames.forEach((frame, index) => {
    counts[frame[0]!]!++;
    if (frames[index + 1]?.[0] === (frame[0]! + 1) % 3) followed++;
  });
  assert.ok(counts.every((count) => Math.abs(count - TRACE_FRAMES / 3) < 1), String(counts));
  // In turn, each would follow the one before it; by chance one in three does.
  assert.ok(Math.abs(followed - TRACE_FRAMES / 3) < TRACE_FRAMES / 50, String(followed));
  assert.equal(cut, 0);
});

Deno.test("buildTrace() gives frames of one size, padded or cut to it", () => {
  assert.equal(build([packet(1), packet(2, 64)]).frameBytes, 64);
  assert.equal(build([packet(1), packet(2, 65)]).frameBytes, 80);
  const { frameBytes, frames, cut } = build([packet(1), packet(2, 1500)]);
  assert.deepEqual([frameBytes, cut], [128, 1]);
  assert.ok(frames.every((frame) => frame.length === 128));
});

Deno.test("buildTrace() takes more packets than a trace usually has, and refuses none", () => {
  assert.equal(build(Array.from({ length: TRACE_FRAMES + 1 }, () => packet(1))).frames.length, 2 * TRACE_FRAMES);
  assert.throws(() => build([]), RangeError);
});

Deno.test("buildTrace() puts a tag from metadata into the frame", () => {
  const tagged = { bytes: packet(1).bytes, vlanTag: { tpid: 0x88a8, tci: 0x2064 } };
  assert.equal(build([tagged]).frames[0]!.subarray(12, 18).toHex(), "88a820640000");
});

Deno.test("buildTrace() gives every frame a key that is there", () => {
  const { keys, values, frameBytes } = build([packet(1)]);
  const { bytes } = traceLayout(frameBytes);
  const known = new Set(Array.from({ length: 50 }, (_, index) => keys.subarray(16 * index, 16 * index + 16).toHex()));
  assert.equal(known.size, 50);
  const used = new Set<string>();
  for (let at = 0; at < values.length; at += bytes) used.add(values.subarray(at, at + 16).toHex());
  assert.deepEqual([...used].filter((key) => !known.has(key)), []);
  assert.equal(used.size, 50);
});
