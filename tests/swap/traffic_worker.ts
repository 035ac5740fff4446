/**
 * Runs a loaded program on packets, one after the other, from a thread of its own, while the test swaps its rules.
 *
 * @module
 */

import { openProgramById } from "../../lib/kernel/program.ts";

/** What the worker is told. */
export interface TrafficOrder {
  /** The kernel's number of the program. */
  readonly programId: number;
  /** The packets, each again and again. */
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
  /** What the program returns when it drops. */
  readonly drop: number;
  /** Runs of the program on a packet at once; the verdict is that of the last one. */
  readonly repeat: number;
  /** Index 0: how often all packets were tried. Index 1: non-zero tells to stop. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

/** What became of a packet: how often each was the verdict of as many runs as are made at once. */
export interface Outcome {
  readonly passed: number;
  readonly dropped: number;
}

// A worker's global: its types are not those of the main thread.
const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<TrafficOrder>) => void;
  postMessage(outcomes: readonly Outcome[]): void;
};

worker.onmessage = ({ data: { programId, frames, drop, repeat, state } }) => {
  using program = openProgramById(programId);
  const outcomes = frames.map(() => ({ passed: 0, dropped: 0 }));
  while (Atomics.load(state, 1) === 0) {
    frames.forEach((data, index) => {
      const { returnValue } = program.testRun({ data, dataOutBytes: 0, repeat });
      outcomes[index]![returnValue === drop ? "dropped" : "passed"]++;
    });
    Atomics.add(state, 0, 1);
  }
  worker.postMessage(outcomes);
};
