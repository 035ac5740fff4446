import assert from "node:assert/strict";
import { sourceLineOfVerifierLog, summariseVerifierLog } from "../../lib/kernel/verifier_log.ts";

const PACKET = `0: R1=ctx() R10=fp0
; return *(__u8 *)(long)ctx->data; @ test.c:4
0: (61) r1 = *(u32 *)(r1 +0)          ; R1_w=pkt(r=0)
1: (71) r0 = *(u8 *)(r1 +0)
invalid access to packet, off=0 size=1, R1(id=0,off=0,r=0)
R1 offset is outside of the packet
processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

const TOO_LARGE = `; for (;;) @ test.c:9
9: (05) goto pc-1
BPF program is too large. Processed 1000001 insn
verification time 412345 usec
stack depth 8
processed 1000001 insns (limit 1000000) max_states_per_insn 4 total_states 3 peak_states 3 mark_read 2
`;

const NULLABLE = `reg type unsupported for arg#0 function peek#5
0: R1=ctx(off=0,imm=0) R10=fp0
5: (79) r0 = *(u64 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'
processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

const BRANCH = `from 3 to 5: R0_w=0 R1=ctx() R10=fp0
5: (95) exit
R0 !read_ok
processed 4 insns
`;

const CIRCLE = `424: (dc) r1 = be16 r1
infinite loop detected at insn 425
cur state: R0=scalar() R1=scalar() R10=fp0
old state: R0=scalar() R1=scalar() R10=fp0
processed 1037 insns (limit 1000000) max_states_per_insn 2 total_states 72 peak_states 72 mark_read 0
`;

Deno.test("summariseVerifierLog() gives the reason and not the statistics", () => {
  assert.equal(
    summariseVerifierLog(PACKET),
    "invalid access to packet, off=0 size=1, R1(id=0,off=0,r=0): R1 offset is outside of the packet",
  );
  assert.equal(summariseVerifierLog(TOO_LARGE), "BPF program is too large. Processed 1000001 insn");
  assert.equal(summariseVerifierLog(NULLABLE), "R0 invalid mem access 'map_value_or_null'");
  assert.equal(summariseVerifierLog(BRANCH), "R0 !read_ok");
  assert.equal(summariseVerifierLog(CIRCLE), "infinite loop detected at insn 425");
});

Deno.test("summariseVerifierLog() is empty when the log has no reason", () => {
  assert.equal(summariseVerifierLog(""), "");
  assert.equal(summariseVerifierLog("0: R1=ctx() R10=fp0\n0: (95) exit\nprocessed 1 insns\n"), "");
});

Deno.test("sourceLineOfVerifierLog() gives the last C line before the reason", () => {
  assert.equal(sourceLineOfVerifierLog(PACKET), "return *(__u8 *)(long)ctx->data; @ test.c:4");
  assert.equal(sourceLineOfVerifierLog(NULLABLE), undefined);
});
