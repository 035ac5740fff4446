/**
 * Replays packets through a loaded program, by BPF_PROG_TEST_RUN: nothing is attached, no interface sees them.
 *
 * @module
 */

import { encodeFrame, generateHarnessC, HARNESS_FAILED } from "./codegen/harness.ts";
import type { Counter } from "./counters.ts";
import { KernelError } from "./diagnostics/errors.ts";
import { type LoadedObject, openObject } from "./kernel/object.ts";
import { u32Bytes } from "./kernel/map.ts";
import { type PerCpuValues, sumPerCpu } from "./kernel/per_cpu.ts";
import type { LoadedFilter } from "./load.ts";
import { type Action, actionOfVerdict, type Hook } from "./model/hooks.ts";
import type { Packet } from "./semantics/dissect.ts";
import { evaluate, type Verdict } from "./semantics/evaluate.ts";
import { compileC, type CompileOptions } from "./toolchain/compile.ts";

/** A verdict, and who gave it. */
export interface ReplayedVerdict extends Verdict {
  /** `model` for a frame that the kernel cannot be given. */
  readonly engine: "kernel" | "model";
}

/**
 * What the kernel can be given: BPF_PROG_TEST_RUN takes no frame shorter than an Ethernet header and none longer than a
 * 16-bit length (net/bpf/test_run.c); at TC bpf_skb_change_tail grows no skb beyond SKB_MAX_ALLOC, about 16 KB.
 */
const SHORTEST_FRAME = 14;
const LONGEST_FRAME = { xdp: 65_535, tc: 16_000 } as const;

/**
 * The tags that bpf_skb_vlan_push puts into metadata, IEEE 802.1Q and 802.1ad: it makes any other one 0x8100
 * (net/core/filter.c).
 */
const METADATA_TPIDS: readonly number[] = [0x8100, 0x88a8];

/** Feeds packets to a loaded program, one after the other. Owns the harness; the program stays the caller's. */
export class Replay implements Disposable {
  readonly #loaded: LoadedFilter;
  readonly #harness: LoadedObject | undefined;
  #counters: Counter[];

  private constructor(loaded: LoadedFilter, harness: LoadedObject | undefined) {
    this.#loaded = loaded;
    this.#harness = harness;
    this.#counters = loaded.readCounters();
  }

  /**
   * Gets ready to feed a program. At TC this compiles and loads the harness.
   *
   * @throws CompileError, UnavailableError, VerifierError, KernelError as compiling and loading do
   */
  static async create(loaded: LoadedFilter, options: CompileOptions = {}): Promise<Replay> {
    if (loaded.cprog.hook.context === "xdp") return new Replay(loaded, undefined);
    const harness = await compileC(generateHarnessC({ frames: 1, frameBytes: LONGEST_FRAME.tc }), options);
    using open = openObject(harness.elf, { name: "kefir_harness" });
    const object = open.load();
    try {
      object.map("kefir_target").update(u32Bytes(0), u32Bytes(loaded.program.fd));
      return new Replay(loaded, object);
    } catch (error) {
      object[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * The verdict of the program on a packet, and the rule that its counters say decided. A frame that the kernel cannot be
   * given is judged by the reference evaluator, and says so. At XDP a tag in metadata does not exist, and is refused.
   * `likely` is what the evaluator says, for who knows it already.
   *
   * @throws RangeError for a tag in metadata at XDP
   * @throws KernelError when the kernel does not run the program
   */
  run(packet: Packet, likely?: Verdict): ReplayedVerdict {
    const { filter, hook, flags } = this.#loaded.cprog;
    if (packet.vlanTag !== undefined && !hook.vlanMetadata) {
      throw new RangeError(`Cannot replay a tag in metadata at ${hook.name}: there the tag is in the packet`);
    }
    const expected = likely ?? evaluate(filter, packet, flags);
    if (!canBeGiven(packet, hook)) return { ...expected, engine: "model" };
    const action = this.#runProgram(packet);
    const decided = this.#decidedBy(expected.rule ?? filter.size);
    return { action, rule: decided === filter.size ? null : decided, engine: "kernel" };
  }

  /** Closes the harness. */
  [Symbol.dispose](): void {
    this.#harness?.[Symbol.dispose]();
  }

  #runProgram(packet: Packet): Action {
    const { hook } = this.#loaded.cprog;
    let code: number;
    if (this.#harness === undefined) {
      code = this.#loaded.program.testRun({ data: Uint8Array.from(packet.bytes), dataOutBytes: 0 }).returnValue;
    } else {
      this.#harness.map("kefir_frames").update(u32Bytes(0), encodeFrame(packet, LONGEST_FRAME.tc));
      code = this.#harness.program().testRun({ data: PLACEHOLDER, dataOutBytes: 0 }).returnValue;
    }
    const action = actionOfVerdict(hook, code);
    if (action !== undefined) return action;
    const why = code === HARNESS_FAILED ? "the harness could not make the frame" : `it returned ${code}`;
    throw new KernelError(`Cannot replay a frame of ${packet.bytes.length} bytes at ${hook.name}: ${why}`, {
      operation: "bpf_prog_test_run_opts",
      errno: 0,
      errnoName: "",
      target: this.#loaded.cprog.name,
    });
  }

  /** The index of the counter that went up by one. Looks where the model says first: reading all takes longer. */
  #decidedBy(likely: number): number {
    const map = this.#loaded.countersMap;
    const before = this.#counters[likely];
    const place = this.#loaded.cprog.plan.counters.indexes[likely] as number;
    const now = Number(sumPacketsAt(map.readPerCpu(place)));
    if (before !== undefined && now === before.packets + 1) {
      this.#counters[likely] = { ...before, packets: now };
      return likely;
    }
    const previous = this.#counters;
    this.#counters = this.#loaded.readCounters();
    const changed = this.#counters.flatMap((counter, index) =>
      counter.packets === previous[index]?.packets ? [] : [index]
    );
    const [only] = changed;
    if (only !== undefined && changed.length === 1) return only;
    throw new Error(`unreachable: a run changed ${changed.length} counters`);
  }
}

function canBeGiven({ bytes, vlanTag }: Packet, hook: Hook): boolean {
  return bytes.length >= SHORTEST_FRAME && bytes.length <= LONGEST_FRAME[hook.context] &&
    (vlanTag === undefined || METADATA_TPIDS.includes(vlanTag.tpid));
}

/** A frame of no known type, long enough for the kernel; the harness makes another of it. */
const PLACEHOLDER = Uint8Array.from({ length: 64 }, (_, index) => index === 12 ? 0x88 : index === 13 ? 0xb5 : 0);

function sumPacketsAt(values: PerCpuValues): bigint {
  return sumPerCpu(values)[0] ?? 0n;
}
