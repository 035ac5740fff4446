/**
 * Measures nft in the network namespace that it is started in: see nft.ts. Reads JSON from standard input, prints JSON.
 *
 * @module
 */

import { Random } from "../lib/bench/random.ts";
import { buildTrace } from "../lib/bench/trace.ts";
import { generateFeederC } from "../lib/codegen/harness.ts";
import { TEST_RUN_OPTS } from "../lib/kernel/ffi/abi.ts";
import { libbpf } from "../lib/kernel/ffi/libbpf.ts";
import { Struct } from "../lib/kernel/ffi/struct.ts";
import { checkReturn } from "../lib/kernel/gate.ts";
import { u32Bytes } from "../lib/kernel/map.ts";
import { openObject } from "../lib/kernel/object.ts";
import { findHook, type Hook } from "../lib/model/hooks.ts";
import { compileC } from "../lib/toolchain/compile.ts";
import type { NftInput, NftResult } from "./nft.ts";

/** linux/bpf.h: frames that the program passes go on into the kernel, as if `lo` had received them. */
const BPF_F_TEST_XDP_LIVE_FRAMES = 2;
const LIVE_OPTS = { ...TEST_RUN_OPTS, fields: { ...TEST_RUN_OPTS.fields, flags: [68, "u32"] } } as const;
/** Parts of the trace that are timed apart, and the times that the feeder keeps. */
const PARTS = 16;
const MARKS = 32;
const ROUNDS = 3;

const input: NftInput = await new Response(Deno.stdin.readable).json();
run("ip", ["link", "set", "lo", "up"]);

const packets = input.packets.map((hex) => ({ bytes: Uint8Array.fromHex(hex) }));
const trace = buildTrace(packets, { hashEntries: 1, random: new Random(1), leastFrames: 1 });
const text = generateFeederC({
  hook: findHook("xdp") as Hook,
  frags: false,
  targets: 0,
  frames: trace.frames.length,
  frameBytes: trace.frameBytes,
  partFrames: trace.frames.length / PARTS,
  marks: MARKS,
  hashEntries: 1,
});
using open = openObject((await compileC(text)).elf, { name: "kefir_nft" });
using object = open.load();
object.map("kefir_trace").writeAll(trace.values);
object.map("kefir_targets").update(u32Bytes(0), u32Bytes(object.program("kefir_empty").fd));
const program = object.program("kefir_feed_0");

load(input.baseline);
feed();
const baseline = leastOf(ROUNDS);
const start = performance.now();
load(input.ruleset);
const loadMs = performance.now() - start;
feed();
const counted = Number(/counter packets (\d+)/.exec(run("nft", ["list", "chain", "netdev", "kefir", "ingress"]))?.[1]);
// One run more than there are frames: the first frame comes twice.
if (counted !== input.misses && counted !== input.misses + 1) {
  throw new Error(`nft lets ${counted} packets through to the end of the chain, ${input.misses} are right`);
}
const result: NftResult = { ns: Number((leastOf(ROUNDS) - baseline).toFixed(1)), loadMs: Number(loadMs.toFixed(1)) };
console.log(JSON.stringify(result));

/** Nanoseconds per packet, of each part of the trace the least of several rounds. */
function leastOf(rounds: number): number {
  const least = new Float64Array(PARTS).fill(Infinity);
  for (let round = 0; round < rounds; round++) {
    feed().forEach((ns, part) => least[part] = Math.min(least[part] as number, ns));
  }
  return least.reduce((sum, ns) => sum + ns, 0) / PARTS;
}

/** Sends the whole trace; nanoseconds per packet of each part. */
function feed(): number[] {
  const state = object.map(".bss.feed");
  state.update(u32Bytes(0), new Uint8Array(state.valueSize));
  const placeholder = new Uint8Array(trace.frameBytes);
  const opts = new Struct(LIVE_OPTS)
    .point("data_in", placeholder).set("data_size_in", placeholder.length)
    .set("repeat", trace.frames.length + 1)
    .set("flags", BPF_F_TEST_XDP_LIVE_FRAMES);
  checkReturn(libbpf().bpf_prog_test_run_opts(program.fd, opts.bytes), {
    operation: "bpf_prog_test_run_opts",
    action: "send live frames with",
    target: "the feeder",
  });
  const bytes = state.lookup(u32Bytes(0)) as Uint8Array<ArrayBuffer>;
  const marks = new BigUint64Array(bytes.buffer, state.valueSize - 8 * MARKS, MARKS);
  const elapsed = (part: number) => Number((marks[part + 1] as bigint) - (marks[part] as bigint));
  return Array.from({ length: PARTS }, (_, part) => elapsed(part) / (trace.frames.length / PARTS));
}

function load(ruleset: string): void {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, ruleset);
    run("nft", ["-f", file]);
  } finally {
    Deno.removeSync(file);
  }
}

function run(command: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
