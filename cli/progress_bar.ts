/**
 * A bar on standard error for what takes long: only on a terminal, and gone when it is done.
 *
 * @module
 */

import type { Progress } from "../mod.ts";
import { escapeControls } from "./output.ts";

/** Where a bar is drawn, and by which clock. */
export interface BarScreen {
  /** Whether somebody sees it. */
  readonly isTerminal: boolean;
  /** Milliseconds, ascending. */
  now(): number;
  /** Writes a text as it is. */
  write(text: string): void;
}

/** What takes less is not worth a bar. */
const AFTER_MS = 500;
/** Between two drawings. */
const EVERY_MS = 50;
const CELLS = 30;

/** A bar. Disposing takes it off the screen. */
export class ProgressBar implements Disposable {
  readonly #screen: BarScreen;
  readonly #start: number;
  #drawnAt: number | undefined;

  /** A bar of what starts now. */
  constructor(screen: BarScreen = STANDARD_ERROR) {
    this.#screen = screen;
    this.#start = screen.now();
  }

  /** Shows how far it is, when that was not shown just before. */
  show({ what, done, total }: Progress): void {
    if (!this.#screen.isTerminal) return;
    const now = this.#screen.now();
    if (now - this.#start < AFTER_MS || this.#drawnAt !== undefined && now - this.#drawnAt < EVERY_MS) return;
    this.#drawnAt = now;
    const part = total > 0 ? Math.min(done / total, 1) : 1;
    const full = Math.floor(part * CELLS);
    const bar = "#".repeat(full).padEnd(CELLS, ".");
    this.#screen.write(`\r${escapeControls(what)} [${bar}] ${Math.floor(part * 100)} %\x1b[K`);
  }

  /** Takes it off the screen. */
  [Symbol.dispose](): void {
    if (this.#drawnAt !== undefined) this.#screen.write("\r\x1b[K");
    this.#drawnAt = undefined;
  }
}

const STANDARD_ERROR: BarScreen = {
  isTerminal: Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb",
  now: () => performance.now(),
  write: (text) => {
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(text));
    } catch {
      // It is only there to look at.
    }
  },
};
