/**
 * What is checked of a program that is to go into a network card, and who refuses it in the end where there is no such card.
 *
 * @module
 */

import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { openObject } from "../../lib/kernel/object.ts";
import { compile, type CprogOptions, loadCprog, parseFilter } from "../../mod.ts";
import { compileC, kernelTest, loadC, openDescriptors, XDP_PASS } from "./support.ts";

/** A program that uses one map. */
function withMap(definition: string): string {
  return `struct { ${definition} } entries SEC(".maps");
SEC("xdp") int use(struct xdp_md *ctx) {
  char key[64] = {};
  return bpf_map_lookup_elem(&entries, key) ? XDP_DROP : XDP_PASS;
}`;
}

const map = (type: string, keyBytes: number, valueBytes: number, more = ""): string =>
  withMap(
    `__uint(type, BPF_MAP_TYPE_${type}); __uint(max_entries, 2); __uint(key_size, ${keyBytes}); ` +
      `__uint(value_size, ${valueBytes}); ${more}`,
  );

const OBJECTS: Readonly<Record<string, readonly [source: string, codes: readonly string[]]>> = {
  "without maps and helpers": [XDP_PASS, []],
  "with a hash whose entries take 64 bytes": [map("HASH", 16, 48), []],
  "with an array whose entries take 64 bytes, rounded up": [map("ARRAY", 4, 53), []],
  "with a hash whose entries take 72 bytes": [map("HASH", 16, 56), ["offload-map-entry"]],
  "with an array whose entries take 72 bytes, rounded up": [map("ARRAY", 4, 57), ["offload-map-entry"]],
  "with a map for each CPU": [map("PERCPU_ARRAY", 4, 8), ["offload-map-type"]],
  "with an LRU map": [map("LRU_HASH", 4, 8), ["offload-map-type"]],
  "with flags of a map": [map("HASH", 4, 8, "__uint(map_flags, 1);"), ["offload-map-flags"]],
  "that calls bpf_trace_printk": [
    `SEC("xdp") int say(struct xdp_md *ctx) { char text[] = "x"; bpf_trace_printk(text, 2); return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";`,
    ["offload-helper"],
  ],
  "that calls what the driver has": [
    `SEC("xdp") int draw(struct xdp_md *ctx) { return bpf_get_prandom_u32() & 1 ? XDP_PASS : XDP_DROP; }`,
    [],
  ],
  "that calls a function of its own": [
    `static __attribute__((noinline)) int two(int one) { return one + 1; }
SEC("xdp") int call(struct xdp_md *ctx) { return two(ctx->rx_queue_index); }`,
    [],
  ],
  "that reads packets in several buffers": [
    `SEC("xdp.frags") int pass(struct xdp_md *ctx) { return XDP_PASS; }`,
    ["offload-frags"],
  ],
  "for TC": [`SEC("tc") int pass(struct __sk_buff *skb) { return 0; }`, ["offload-hook"]],
};

for (const [what, [source, codes]] of Object.entries(OBJECTS)) {
  kernelTest(`OpenObject.checkOffload() finds ${codes.join(", ") || "nothing"} of an object ${what}`, () => {
    {
      using open = openObject(compileC(source), { name: "offload" });
      assert.deepEqual(open.checkOffload().map(({ code }) => code), codes);
    }
    // But for that it is fine.
    loadC(source)[Symbol.dispose]();
  });
}

kernelTest(
  "OpenObject.load() refuses what hardware would not take before it asks the kernel, and what it would after",
  () => {
    const before = openDescriptors();
    using printing = openObject(compileC(OBJECTS["that calls bpf_trace_printk"]![0]), { name: "printing" });
    assert.throws(() => printing.setIfindex(1).load(), FilterError);
    using large = openObject(compileC(OBJECTS["with a hash whose entries take 72 bytes"]![0]), { name: "large" });
    assert.throws(() => large.setIfindex(1).load(), FilterError);
    for (const fine of ["without maps and helpers", "with a hash whose entries take 64 bytes"]) {
      using open = openObject(compileC(OBJECTS[fine]![0]), { name: "fine" });
      assert.throws(() => open.setIfindex(1).load(), { name: "UnavailableError", missing: "hardware offload" }, fine);
    }
    using nowhere = openObject(compileC(XDP_PASS), { name: "nowhere" });
    assert.throws(() => nowhere.setIfindex(9999).load(), { name: /UnavailableError|KernelError/ });
    assert.deepEqual(openDescriptors(), before);
  },
);

const LEAN: CprogOptions = { strategy: "inline", counts: false, frags: false };
const FILTERS: Readonly<Record<string, readonly [text: string, options: CprogOptions, codes: readonly string[]]>> = {
  "inline, without counters and in one buffer": [
    "drop ip.src == 10.0.0.0/8 and ip.ttl == 1\ndrop vlan.id == 5 and ipv6.dst == 2001:db8::/32",
    LEAN,
    [],
  ],
  "that looks behind IPv6's extension headers": ["drop udp.dstport == 53", LEAN, ["offload-helper"]],
  "that counts": ["drop ip.ttl == 1", { ...LEAN, counts: true }, ["offload-map-type"]],
  "in several buffers": ["drop ip.ttl == 1", { ...LEAN, frags: true }, ["offload-frags", "offload-helper"]],
  "that writes its verdicts to the trace": [
    "drop ip.ttl == 1",
    { ...LEAN, printk: true },
    ["offload-map-flags", "offload-map-entry", "offload-helper"],
  ],
  "of tables": ["drop ip.ttl == 1", { ...LEAN, strategy: "classes" }, ["offload-map-type"]],
  "of steps": ["drop ip.ttl == 1", { ...LEAN, strategy: "linear" }, ["offload-helper"]],
  "for TC": ["drop ip.ttl == 1", { ...LEAN, hook: "tc-ingress" }, ["offload-hook", "offload-helper"]],
};

for (const [what, [text, options, codes]] of Object.entries(FILTERS)) {
  const expected = codes.length === 0 ? "takes a filter" : `finds ${codes.join(", ")} of a filter`;
  kernelTest(`loadCprog() for hardware ${expected} ${what}`, async () => {
    const { cprog, object } = await compile(parseFilter(text).filter, options);
    loadCprog(cprog, object)[Symbol.dispose]();
    const offload = (): unknown => loadCprog(cprog, object, { offloadIfindex: 1 });
    if (codes.length === 0) assert.throws(offload, { name: "UnavailableError", missing: "hardware offload" });
    else {
      assert.throws(offload, (error: unknown) => {
        assert.ok(error instanceof FilterError, String(error));
        assert.deepEqual([...new Set(error.diagnostics.map(({ code }) => code))], codes);
        return true;
      });
    }
  });
}
