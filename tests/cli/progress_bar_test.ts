import assert from "node:assert/strict";
import { ProgressBar } from "../../cli/progress_bar.ts";

/** A screen whose clock the test sets. */
class Screen {
  isTerminal = true;
  ms = 0;
  readonly written: string[] = [];

  now(): number {
    return this.ms;
  }

  write(text: string): void {
    this.written.push(text);
  }
}

function showAt(screen: Screen, times: readonly number[]): void {
  using bar = new ProgressBar(screen);
  for (const ms of times) {
    screen.ms = ms;
    bar.show({ what: "reading \u001b[31mrules", done: ms, total: 1_000 });
  }
}

Deno.test("ProgressBar draws nothing for what is done within half a second", () => {
  const screen = new Screen();
  showAt(screen, [0, 100, 499]);
  assert.deepEqual(screen.written, []);
});

Deno.test("ProgressBar draws how far it is, not too often, and is gone at the end", () => {
  const screen = new Screen();
  showAt(screen, [499, 600, 610, 700, 1_000]);
  assert.deepEqual(screen.written, [
    "\rreading \\u{1b}[31mrules [##################............] 60 %\u001b[K",
    "\rreading \\u{1b}[31mrules [#####################.........] 70 %\u001b[K",
    "\rreading \\u{1b}[31mrules [##############################] 100 %\u001b[K",
    "\r\u001b[K",
  ]);
});

Deno.test("ProgressBar draws nothing where nobody looks", () => {
  const screen = new Screen();
  screen.isTerminal = false;
  showAt(screen, [600, 1_000]);
  assert.deepEqual(screen.written, []);
});
