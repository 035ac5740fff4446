/**
 * Runs the real ethtool with a library in front of its ioctl(2), and notes what it asks of the kernel.
 *
 * @module
 */

import { run } from "../kernel/support.ts";
import type { Fixture } from "./fixture.ts";
import { runAll } from "./run_all.ts";

/** `struct ethtool_rxnfc`, as far as it is about a rule; linux/ethtool.h. Bytes in hex, as they are in
 * memory, without the zeros at their end. */
export interface RuleRequest {
  /** ETHTOOL_SRXCLSRLINS is 50, ETHTOOL_SRXCLSRLDEL 49. */
  readonly command: number;
  readonly location: number;
  /** With the flags FLOW_EXT, FLOW_MAC_EXT and FLOW_RSS; absent where a rule is deleted, as all that follows. */
  readonly flowType?: number;
  readonly h_u?: string;
  readonly m_u?: string;
  readonly h_ext?: string;
  readonly m_ext?: string;
  /** A number of 16 hexadecimal digits. */
  readonly ringCookie?: string;
  readonly rssContext?: number;
}

/** What ethtool did with a rule. */
export interface RecordedRule {
  readonly words: string;
  /** What it asked of the kernel; what the kernel answered is not noted. */
  readonly request?: RuleRequest;
  /** How it ended, and the first line that it said, when it asked for nothing. */
  readonly refused?: { readonly status: number; readonly says: string };
}

/** Each rule by its own ethtool. */
export function recordEthtool(rules: readonly string[]): Fixture<RecordedRule> {
  const directory = Deno.makeTempDirSync();
  try {
    const source = new URL("ioctl_recorder.c", import.meta.url).pathname;
    const built = run("clang", [
      "-shared",
      "-fPIC",
      "-O2",
      "-Wall",
      "-Werror",
      source,
      "-o",
      `${directory}/recorder.so`,
    ]);
    if (!built.success) throw new Error(built.stderr);
    runAll(rules.map(scriptLine), directory);
    return { tool: ethtoolVersion(), rules: rules.map((words, index) => readRecord(words, `${directory}/${index}`)) };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** `ethtool version 6.1`. */
export function ethtoolVersion(): string {
  return new TextDecoder().decode(run("ethtool", ["--version"]).stdout).trim();
}

/** The whole command; without a location ethtool would ask the card for one first. */
function scriptLine(words: string, index: number): string {
  const whole = words.startsWith("ethtool ") ? words : `ethtool -U left ${words}`;
  const all = words.includes("flow-type") && !words.includes(" loc") ? `${whole} loc 1` : whole;
  const quoted = all.split(" ").map((word) => `'${word}'`).join(" ");
  const preload = `LD_PRELOAD=./recorder.so KEFIR_RECORD=${index}.record`;
  return `${preload} ${quoted} >${index}.out 2>&1 </dev/null; echo $? >${index}.status`;
}

function readRecord(words: string, path: string): RecordedRule {
  try {
    return { words, request: JSON.parse(Deno.readTextFileSync(`${path}.record`)) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const says = Deno.readTextFileSync(`${path}.out`).split("\n").find((line) => line.trim() !== "") ?? "";
  return { words, refused: { status: Number(Deno.readTextFileSync(`${path}.status`)), says } };
}
