/**
 * Time per packet of loaded programs: all behind the same feeder, in turn, the least of many rounds.
 *
 * @module
 */

import { FEEDER_PROGRAMS, generateFeederC, HARNESS_FAILED } from "../codegen/harness.ts";
import { u32Bytes } from "../kernel/map.ts";
import { type LoadedObject, openObject } from "../kernel/object.ts";
import type { BpfProgram } from "../kernel/program.ts";
import type { Hook } from "../model/hooks.ts";
import { compileC, type CompileOptions } from "../toolchain/compile.ts";
import type { Trace } from "./trace.ts";

/** What {@link Feeder.create} takes. */
export interface FeederInput {
  /** Where the programs run. */
  readonly hook: Hook;
  /** XDP: whether they were compiled to read packets in several buffers. */
  readonly frags: boolean;
  /** The programs; they stay the caller's. */
  readonly programs: readonly BpfProgram[];
  /** What they are given. */
  readonly trace: Trace;
}

/** Nanoseconds per packet, net of the feeder and the kernel's own harness. */
export interface Timing {
  /** Of each program. */
  readonly programs: readonly number[];
  /** Of one lookup of a random existing key in a hash map: the yardstick H. */
  readonly hash: number;
  /** The same with the key made out of the frame's 5-tuple: what a filter of exact 5-tuples would cost. */
  readonly parsedHash: number;
  /** Of the empty program, which was subtracted. */
  readonly empty: number;
}

/** When {@link Feeder.measure} has measured enough. */
export interface MeasureOptions {
  /** Rounds at least: 5 unless given. */
  readonly rounds?: number;
  /** Seconds at least: 1 unless given. */
  readonly seconds?: number;
}

/**
 * Parts of a trace that are timed apart: of each the least time counts, so that an interruption spoils one part only. All
 * are of one run of the whole trace: before each run at XDP the kernel patches itself and waits (bpf_prog_change_xdp),
 * and meanwhile others fill the caches.
 */
const PARTS = 16;
/** Offset of the marks in the feeder's state (kefir_feed): two keys and the cursor come before them. */
const MARKS_AT = 40;
/** Lookups of the yardstick that are checked to find their key. */
const CHECKED_KEYS = 256;
/** Times that the feeder keeps. */
const MARKS = 64;
/** How often a run goes through the trace after a first time that only warms the caches: while the marks suffice. */
const PASSES = MARKS / PARTS - 1;
/** A pass that takes longer is not repeated: the time between interruptions is long enough by then. */
const LONG_PASS_MS = 200;

/** Feeds a trace to programs. Owns its own programs and maps; disposing closes them. */
export class Feeder implements Disposable {
  readonly #object: LoadedObject;
  readonly #trace: Trace;
  /** Number of programs under test: the slots of the feeder's own come after theirs. */
  readonly #targets: number;
  readonly #feeders: readonly BpfProgram[];
  readonly #placeholder: Uint8Array<ArrayBuffer>;

  private constructor(object: LoadedObject, trace: Trace, targets: number) {
    this.#object = object;
    this.#trace = trace;
    this.#targets = targets;
    this.#feeders = Array.from(
      { length: targets + FEEDER_PROGRAMS.length },
      (_, slot) => object.program(`kefir_feed_${slot}`),
    );
    this.#placeholder = new Uint8Array(trace.frameBytes);
    // Of no known type: at TC the kernel looks at an IP header before any program does.
    this.#placeholder.set([0x88, 0xb5], 12);
  }

  /**
   * Compiles and loads the feeder, the empty program and the yardstick, and fills their maps.
   *
   * @throws CompileError, UnavailableError, VerifierError, KernelError as compiling and loading do
   */
  static async create(input: FeederInput, options: CompileOptions = {}): Promise<Feeder> {
    const { hook, frags, programs, trace } = input;
    const text = generateFeederC({
      hook,
      frags,
      targets: programs.length,
      frames: trace.frames.length,
      frameBytes: trace.frameBytes,
      partFrames: trace.frames.length / PARTS,
      marks: MARKS,
      hashEntries: trace.keys.length / 16,
    });
    const compiled = await compileC(text, options);
    using open = openObject(compiled.elf, { name: "kefir_feeder" });
    const object = open.load();
    try {
      object.map("kefir_trace").writeAll(trace.values);
      object.map("kefir_hash").updateAll(trace.keys, new Uint8Array(trace.keys.length / 2));
      const map = object.map("kefir_targets");
      [...programs, ...FEEDER_PROGRAMS.map((name) => object.program(name))].forEach((program, slot) => {
        map.update(u32Bytes(slot), u32Bytes(program.fd));
      });
      return new Feeder(object, trace, programs.length);
    } catch (error) {
      object[Symbol.dispose]();
      throw error;
    }
  }

  /** What a program returns for each of the first frames of the trace. */
  run(program: number, count: number): number[] {
    this.#rewind();
    return Array.from({ length: count }, () => this.#run(program, 1).returnValue);
  }

  /**
   * Times every program, the empty one and the yardstick in turn, each over the whole trace, again and again.
   *
   * @throws Error when a program was not reached
   */
  measure(options: MeasureOptions = {}): Timing {
    const count = this.#feeders.length;
    // A key that is not there fails: H would be a lookup of nothing.
    for (let slot = this.#targets; slot < count; slot++) this.run(slot, CHECKED_KEYS);
    const least = Array.from({ length: count }, () => new Float64Array(PARTS).fill(Infinity));
    const end = performance.now() + (options.seconds ?? 1) * 1000;
    for (let round = 0; round < (options.rounds ?? 5) || performance.now() < end; round++) {
      for (let turn = 0; turn < count; turn++) {
        // Another one begins each round: what the one before leaves in the caches hits all alike.
        const slot = (turn + round) % count;
        this.#time(slot, least[slot] as Float64Array);
      }
    }
    const means = least.map((times) => times.reduce((sum, one) => sum + one, 0) / PARTS);
    const [empty = 0, hash = 0, parsedHash = 0] = means.slice(this.#targets);
    return {
      programs: means.slice(0, this.#targets).map((one) => one - empty),
      hash: hash - empty,
      parsedHash: parsedHash - empty,
      empty,
    };
  }

  /** Closes everything but the programs under test. */
  [Symbol.dispose](): void {
    this.#object[Symbol.dispose]();
  }

  /** Goes through the trace, and lowers the least nanoseconds per run of its parts. */
  #time(slot: number, least: Float64Array): void {
    const frames = this.#trace.frames.length;
    const part = frames / PARTS;
    const known = least.reduce((sum, ns) => sum + ns * part, 0) / 1e6;
    // The caches are warm enough when a pass takes that long: its first moments do not count for much.
    const [first, passes] = known < LONG_PASS_MS || known === Infinity ? [PARTS, PASSES] : [0, 1];
    this.#rewind();
    // One run more, which notes the end of the last part.
    this.#run(slot, first * part + passes * frames + 1);
    const state = this.#object.map(".bss.feed").lookup(u32Bytes(0)) as Uint8Array<ArrayBuffer>;
    const marks = new BigUint64Array(state.buffer, MARKS_AT, MARKS);
    for (let index = 0; index < passes * PARTS; index++) {
      const [from, to] = [first + index, first + index + 1].map((mark) => marks[mark % MARKS] as bigint);
      const ns = Number((to as bigint) - (from as bigint)) / part;
      least[index % PARTS] = Math.min(least[index % PARTS] as number, ns);
    }
  }

  #run(slot: number, repeat: number) {
    const result = (this.#feeders[slot] as BpfProgram).testRun({ data: this.#placeholder, dataOutBytes: 0, repeat });
    if (result.returnValue !== HARNESS_FAILED) return result;
    throw new Error(`unreachable: the feeder did not reach the program of slot ${slot}, or the key is not there`);
  }

  /** Makes the first frame come next. */
  #rewind(): void {
    this.#object.map(".bss.feed").update(u32Bytes(0), new Uint8Array(MARKS_AT + 8 * MARKS));
  }
}
