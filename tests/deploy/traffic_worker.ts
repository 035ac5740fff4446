/**
 * Sends numbered frames from a thread of its own, while the test replaces filters.
 *
 * @module
 */

import { withNetns } from "../kernel/netns.ts";
import { FrameSender } from "./packet_socket.ts";
import { numberedFrame } from "./support.ts";

/** What the worker is told. */
export interface TrafficOrder {
  readonly netns: string;
  readonly device: string;
  /** Frame `n` goes to port `ports[n % ports.length]`. */
  readonly ports: readonly number[];
  /** How many frames, at least; more are sent until it is told to stop. */
  readonly frames: number;
  /** Index 0: non-zero tells to stop. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

const BURST = 16;

// A worker's global: its types are not those of the main thread.
const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<TrafficOrder>) => void;
  /** 0 once the first frames are out, and the number of all of them at the end. */
  postMessage(sent: number): void;
};

worker.onmessage = ({ data: { netns, device, ports, frames, stop } }) => {
  using sender = withNetns(netns, () => new FrameSender(device));
  const templates = ports.map((port) => numberedFrame(port, 0));
  let sent = 0;
  while (sent < frames || Atomics.load(stop, 0) === 0) {
    for (let i = 0; i < BURST; i++, sent++) {
      const bytes = templates[sent % ports.length]!;
      new DataView(bytes.buffer).setUint32(42, sent);
      sender.send(bytes);
    }
    if (sent === BURST) worker.postMessage(0);
    // Some 10 000 frames a second, which no queue between the two ends overflows from.
    Atomics.wait(stop, 0, 0, 1);
  }
  worker.postMessage(sent);
};
