import assert from "node:assert/strict";
import { KernelError, VerifierError } from "../../lib/diagnostics/errors.ts";
import { createMap, u32Bytes } from "../../lib/kernel/map.ts";
import { openObject } from "../../lib/kernel/object.ts";
import { compileC, kernelTest, loadC, openDescriptors, testFrame, XDP_DROP, XDP_PASS } from "./support.ts";

const TABLE = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } table SEC(".maps");
const volatile __u32 verdict = 2;
SEC("xdp") int decide(struct xdp_md *ctx) {
  __u32 key = 0; __u64 *value = bpf_map_lookup_elem(&table, &key);
  if (value && *value) return (int)*value;
  return verdict;
}`;

const OUT_OF_BOUNDS = `SEC("xdp") int peek(struct xdp_md *ctx) { return *(__u8 *)(long)ctx->data; }`;

kernelTest("OpenObject.load() gives programs by name and the only one without", () => {
  using object = loadC(`${XDP_PASS}\n${XDP_DROP}`);
  assert.deepEqual(object.programs().map((program) => program.name), ["pass", "drop"]);
  assert.equal(object.program("drop").type, "xdp");
  assert.match(object.program("drop").tag, /^[0-9a-f]{16}$/);
  assert.throws(() => object.program(), /Cannot find the only program of object "test": it has "pass", "drop"/);
  assert.throws(() => object.program("none"), /Cannot find program "none"/);
  assert.throws(() => object.map("none"), /Cannot find map "none" of object "test": it has none/);
});

kernelTest("OpenObject sets entries, initial values and reused maps before loading", () => {
  using shared = createMap({ type: "array", name: "shared", keySize: 4, valueSize: 8, maxEntries: 7 });
  using open = openObject(compileC(TABLE), { name: "sized" });
  assert.deepEqual(open.mapNames(), ["table", "sized.rodata"]);
  assert.deepEqual(open.programNames(), ["decide"]);
  open.setMapEntries("table", 7).setInitialValue(".rodata", u32Bytes(1)).reuseMap("table", shared);
  using object = open.load();
  assert.equal(object.map("table").maxEntries, 7);
  assert.equal(object.map("table").id, shared.id);
  assert.deepEqual(object.map(".rodata").lookup(u32Bytes(0)), u32Bytes(1));
  assert.equal(object.program().testRun({ data: testFrame() }).returnValue, 1);
});

kernelTest("OpenObject.setMapEntries() changes how many entries a map has", () => {
  using open = openObject(compileC(TABLE), { name: "sized" });
  using object = open.setMapEntries("table", 12345).load();
  assert.equal(object.map("table").maxEntries, 12345);
});

kernelTest("OpenObject.setMapValueSize() changes the size of an array's value", () => {
  using open = openObject(compileC(TABLE), { name: "sized" });
  using object = open.setMapValueSize("table", 4096).load();
  assert.equal(object.map("table").valueSize, 4096);
});

kernelTest("OpenObject refuses sizes and names that libbpf would choke on", () => {
  using open = openObject(compileC(TABLE), { name: "sized" });
  assert.throws(() => open.setMapValueSize(".rodata", 64), /a section has the size that its variables have/);
  assert.throws(() => open.setInitialValue(".rodata", new Uint8Array(3)), /3 bytes, should be 4/);
  assert.throws(() => open.setMapEntries("none", 1), /Cannot find map "none" of object "sized": it has "table"/);
});

kernelTest("OpenObject.reuseMap() refuses a map of another type or size", () => {
  using open = openObject(compileC(TABLE), { name: "sized" });
  for (const [type, valueSize] of [["hash", 8], ["array", 4]] as const) {
    using other = createMap({ type, name: "other", keySize: 4, valueSize, maxEntries: 1 });
    assert.throws(() => open.reuseMap("table", other), /Cannot use map "other" as "table": .* should be 2, 4, 8/);
  }
});

kernelTest("OpenObject cannot be used once it was loaded", () => {
  using open = openObject(compileC(XDP_PASS), { name: "once" });
  open.load()[Symbol.dispose]();
  assert.throws(() => open.load(), /Cannot use object "once": it was loaded or closed/);
});

kernelTest("openObject() says what is wrong with bytes that are no object", () => {
  assert.throws(() => openObject(new Uint8Array(100), { name: "junk" }), (error: KernelError) => {
    assert.ok(error instanceof KernelError);
    assert.match(error.message, /^Cannot open object "junk": bpf_object__open_mem returned \w+, .*junk/);
    return true;
  });
});

kernelTest("OpenObject.load() throws VerifierError with log, reason and source line", () => {
  assert.throws(() => loadC(`${XDP_PASS}\n${OUT_OF_BOUNDS}`), (error: VerifierError) => {
    assert.ok(error instanceof VerifierError);
    assert.equal(error.program, "peek");
    assert.equal(error.errnoName, "EACCES");
    assert.match(error.summary, /^invalid access to packet, off=0 size=1, .*: R\d offset is outside of the packet$/);
    assert.match(error.message, /^Cannot load program "peek": the verifier refused it, invalid .*peek\(struct xdp_md/);
    assert.match(error.log, /processed \d+ insns/);
    return true;
  });
});

kernelTest("OpenObject.load() grows the log until a long refusal fits", () => {
  // Walks a long loop with a log of every state before the access that is refused.
  const source = `SEC("xdp") int walk(struct xdp_md *ctx) {
    volatile int sum = 0;
    for (int i = 0; i < 20000; i++) sum += i;
    return *(__u8 *)(long)ctx->data;
  }`;
  using open = openObject(compileC(source), { name: "long" });
  assert.throws(() => open.load({ logLevel: 2 }), (error: VerifierError) => {
    assert.ok(error instanceof VerifierError, String(error));
    assert.equal(error.errnoName, "EACCES");
    assert.ok(error.log.length > 16 << 20, `${error.log.length}`);
    assert.match(error.summary, /^invalid access to packet/);
    return true;
  });
});

kernelTest("OpenObject.load() gives the log of accepted programs when asked", () => {
  using quiet = loadC(XDP_PASS);
  assert.equal(quiet.verifierLog, "");
  using open = openObject(compileC(XDP_PASS), { name: "logged" });
  using object = open.load({ logLevel: 1 });
  assert.match(object.verifierLog, /processed 2 insns/);
});

kernelTest("OpenObject.load() names the map that cannot be created", () => {
  using open = openObject(compileC(TABLE), { name: "huge" });
  open.setMapEntries("table", 0xffffffff);
  assert.throws(() => open.load(), (error: KernelError) => {
    assert.ok(error instanceof KernelError && !(error instanceof VerifierError));
    assert.match(error.message, /^Cannot load "huge": bpf_object__load returned E\w+, .*table/);
    return true;
  });
});

kernelTest("OpenObject.load() says that an interface does not take offloaded programs", () => {
  using open = openObject(compileC(XDP_PASS), { name: "offload" });
  assert.throws(() => open.setIfindex(1).load(), {
    name: "UnavailableError",
    missing: "hardware offload",
    neededBy: 'the mode offload on "lo" (ifindex 1)',
    message:
      /^Cannot load "offload" into the hardware of "lo" \(ifindex 1\): its driver takes no programs \(use --mode /,
  });
});

kernelTest("a map of maps takes inner maps of the size that was set", () => {
  const source = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 1); __type(key, __u32);
  __array(values, struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __uint(value_size, 8); });
} slot SEC(".maps");
SEC("xdp") int read(struct xdp_md *ctx) {
  __u32 key = 0; void *inner = bpf_map_lookup_elem(&slot, &key);
  if (!inner) return 0;
  __u32 *value = bpf_map_lookup_elem(inner, &key);
  return value ? *value : 0;
}`;
  using open = openObject(compileC(source), { name: "nested" });
  using object = open.setInnerMapValueSize("slot", 1 << 20).load();
  const program = object.program();
  assert.equal(program.testRun({ data: testFrame() }).returnValue, 0);
  for (const verdict of [1, 2]) {
    using inner = createMap({ type: "array", name: "inner", keySize: 4, valueSize: 1 << 20, maxEntries: 1 });
    const value = new Uint8Array(1 << 20);
    value[0] = verdict;
    inner.update(u32Bytes(0), value);
    object.map("slot").setInnerMap(0, inner);
    assert.equal(program.testRun({ data: testFrame() }).returnValue, verdict);
  }
  using small = createMap({ type: "array", name: "small", keySize: 4, valueSize: 8, maxEntries: 1 });
  assert.throws(() => object.map("slot").setInnerMap(0, small), { errnoName: "EINVAL" });
});

kernelTest("OpenObject and LoadedObject leave no descriptor open, refused or not", () => {
  const before = openDescriptors();
  for (let i = 0; i < 3; i++) {
    using _object = loadC(TABLE);
    assert.throws(() => loadC(OUT_OF_BOUNDS), VerifierError);
    using _open = openObject(compileC(TABLE), { name: "unused" });
  }
  assert.deepEqual(openDescriptors(), before);
});
