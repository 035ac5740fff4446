/**
 * Runs the real ethtool with a library in front of its ioctl(2), and notes what it asks of the kernel.
 *
 * @module
 */

import { run, TestNetwork } from "../kernel/support.ts";
import type { Fixture } from "./fixture.ts";

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

/** Each rule by its own ethtool, in one shell in a network namespace of its own. */
export function recordEthtool(rules: readonly string[]): Fixture<RecordedRule> {
  using network = new TestNetwork();
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
    Deno.writeTextFileSync(`${directory}/script`, rules.map(scriptLine).join("\n"));
    const script = new Deno.Command("sh", { args: [`${directory}/script`], cwd: directory, stdout: "null" });
    const { stderr } = network.inside(() => script.outputSync());
    if (stderr.length > 0) throw new Error(new TextDecoder().decode(stderr));
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
  const placed = words.includes(" loc") || !words.startsWith("flow") ? words : `${words} loc 1`;
  const all = words.startsWith("ethtool ") ? words : `ethtool -U left ${placed}`;
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
