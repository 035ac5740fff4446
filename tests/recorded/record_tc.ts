/**
 * Runs the real tc under strace, and notes what it asks of the kernel.
 *
 * @module
 */

import { run } from "../kernel/support.ts";
import type { Fixture } from "./fixture.ts";
import { type FlowerMessage, readFlowerMessage } from "./flower_message.ts";
import { runAll } from "./run_all.ts";

/** What tc did with a rule. */
export interface RecordedRule {
  readonly words: string;
  /** What it asked of the kernel; what the kernel answered is not noted. */
  readonly message?: FlowerMessage;
  /** How it ended, and the first line that it said, when it asked for nothing. */
  readonly refused?: { readonly status: number; readonly says: string };
}

/** What stands before a rule that is not a whole command. */
const COMMAND = "tc filter add dev left ingress pref 1";

/** Where a later tc is than the one in PATH; undefined when there is none. */
export const LATER_TC: string | undefined = Deno.env.get("KEFIR_TC");

/** Each rule by its own process of `tc`. */
export function recordTc(rules: readonly string[], tc = "tc"): Fixture<RecordedRule> {
  const directory = Deno.makeTempDirSync();
  try {
    runAll(rules.map((words, index) => scriptLine(words, index, tc)), directory);
    return { tool: tcVersion(tc), rules: rules.map((words, index) => readRecord(words, `${directory}/${index}`)) };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** `tc utility, iproute2-6.1.0, libbpf 1.1.2`. */
export function tcVersion(tc = "tc"): string {
  return new TextDecoder().decode(run(tc, ["-V"]).stdout).trim();
}

/** `-e write` prints what is written in full, as hexadecimal lines. */
function scriptLine(words: string, index: number, tc: string): string {
  const [, ...rest] = (words.startsWith("tc ") ? words : `${COMMAND} ${words}`).split(" ");
  const all = [tc, ...rest].map((word) => `'${word}'`).join(" ");
  const trace = `strace -qq -e trace=sendmsg -e signal=none -e write=all -o ${index}.trace`;
  return `${trace} ${all} >${index}.out 2>&1 </dev/null; echo $? >${index}.status`;
}

function readRecord(words: string, path: string): RecordedRule {
  const read = (suffix: string) => Deno.readTextFileSync(`${path}.${suffix}`);
  for (const bytes of writtenBytes(read("trace"))) {
    const message = readFlowerMessage(bytes);
    if (message !== undefined) return { words, message };
  }
  const status = Number(read("status"));
  // What is said of a signal differs between shells; 255 is exit(-1).
  if (status > 128 && status < 255) return { words, refused: { status, says: `killed by signal ${status - 128}` } };
  const says = read("out").split("\n").find((line) => line.trim() !== "") ?? "";
  return { words, refused: { status, says } };
}

/** The buffers of strace's lines ` | 00010  94 00 00 00 2c 00 05 06  00 76 02 6b 00 00 00 00  ....,....v.k.... |`. */
function* writtenBytes(trace: string): Generator<Uint8Array> {
  for (const buffer of trace.split(/^ \* \d+ bytes in buffer \d+$/m).slice(1)) {
    const lines = buffer.matchAll(/^ \| [0-9a-f]{5,} {2}((?:[0-9a-f]{2} {1,2}){1,16})/gm);
    yield Uint8Array.fromHex(Array.from(lines, ([, bytes]) => bytes?.replaceAll(" ", "")).join(""));
  }
}
