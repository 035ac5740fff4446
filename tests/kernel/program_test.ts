import assert from "node:assert/strict";
import { openProgramById } from "../../lib/kernel/program.ts";
import { kernelTest, loadC, TC_UNSPEC, testFrame } from "./support.ts";

kernelTest("BpfProgram.testRun() gives a signed return value", () => {
  using object = loadC(TC_UNSPEC);
  assert.equal(object.program().testRun({ data: testFrame() }).returnValue, -1);
});

kernelTest("BpfProgram.testRun() gives the frame that the program left", () => {
  using object = loadC(`SEC("xdp") int mark(struct xdp_md *ctx) {
    if (bpf_xdp_adjust_head(ctx, -4)) return 0;
    unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    if (data + 4 > end) return 0;
    data[0] = 0xaa; data[1] = data[2] = data[3] = 0;
    return XDP_TX;
  }`);
  const { returnValue, dataOut } = object.program().testRun({ data: testFrame() });
  assert.equal(returnValue, 3);
  assert.deepEqual(dataOut, Uint8Array.of(0xaa, 0, 0, 0, ...testFrame()));
  const none = object.program().testRun({ data: testFrame(), dataOutBytes: 0 });
  assert.deepEqual([none.returnValue, none.dataOut.length], [3, 0]);
  assert.throws(
    () => object.program().testRun({ data: testFrame(), dataOutBytes: 10 }),
    /ENOSPC, the frame outgrew the 10 bytes/,
  );
});

kernelTest("BpfProgram.testRun() repeats and measures", () => {
  using object = loadC(TC_UNSPEC);
  const { durationNs } = object.program().testRun({ data: testFrame(), repeat: 10_000 });
  assert.ok(durationNs > 0 && durationNs < 100_000, String(durationNs));
});

kernelTest("BpfProgram.testRun() hands over a context", () => {
  using object = loadC(`SEC("tc") int mark(struct __sk_buff *skb) { return skb->mark; }`);
  // struct __sk_buff begins with len, pkt_type, mark.
  const ctxIn = new Uint8Array(192);
  new DataView(ctxIn.buffer).setUint32(8, 77, true);
  assert.equal(object.program().testRun({ data: testFrame(), ctxIn }).returnValue, 77);
});

kernelTest("BpfProgram.testRun() says EINVAL for a frame that the hook refuses", () => {
  using object = loadC(TC_UNSPEC);
  assert.throws(() => object.program().testRun({ data: new Uint8Array(13) }), {
    errnoName: "EINVAL",
    message: /Cannot run program "unspec" on a frame of 13 bytes: .*, this hook cannot be given such a frame/,
  });
});

kernelTest("openProgramById() gives the same program while it lives", () => {
  const object = loadC(TC_UNSPEC);
  const { id, tag } = object.program();
  using kept = object.program().duplicate();
  object[Symbol.dispose]();
  using again = openProgramById(id);
  assert.deepEqual([again.tag, again.type, again.name], [tag, "schedCls", "unspec"]);
  assert.equal(kept.testRun({ data: testFrame() }).returnValue, -1);
  assert.ok(again.verifiedInstructions() >= 2);
  assert.throws(() => object.program().testRun({ data: testFrame() }), /Cannot use program "unspec": it is closed/);
  assert.throws(() => openProgramById(0x7fffffff), { errnoName: "ENOENT" });
});
