/**
 * The judge that sees every access: the generated C, built natively with the address and the undefined behaviour
 * sanitizer. The byte behind a frame is poisoned, so that a read beyond the frame ends the run.
 *
 * @module
 */

import { STRATEGIES } from "../../lib/classify/plan.ts";
import { stepBytes } from "../../lib/classify/linear.ts";
import { type Cprog, createCprog, mapContents } from "../../lib/cprog.ts";
import { sizeDefinitions } from "../../lib/codegen/sizes.ts";
import { actionOfVerdict } from "../../lib/model/hooks.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import type { Verdict } from "../../lib/semantics/evaluate.ts";
import { HOOK_COMMENT, type Judge } from "./judge.ts";

/** Generated C on this machine's own processor. Each packet is judged twice: whole, and with a part out of reach. */
export const NATIVE_JUDGE: Judge = {
  name: "native",
  tier: "clang",
  strategies: STRATEGIES,
  async judge(filter, packets, options) {
    await using program = await buildNative(createCprog(filter, options));
    const whole = await program.run(packets);
    const parts = await program.run(packets, (packet, index) => (7 * index) % (packet.bytes.length + 1));
    whole.forEach((verdict, index) => {
      if (JSON.stringify(verdict) === JSON.stringify(parts[index])) return;
      const said = `${JSON.stringify(verdict)} whole, ${JSON.stringify(parts[index])} in parts`;
      throw new Error(`frame ${packets[index]!.bytes.toHex()}: ${said}`);
    });
    return whole.map(({ action, rule }) => ({ action, rule }));
  },
};

/** A verdict, and the bytes that its counter went up by. */
export interface NativeVerdict extends Verdict {
  readonly countedBytes: number;
}

/** Bytes of a packet that are at its data pointer; helpers reach the rest. */
export type LinearBytes = (packet: Packet, index: number) => number;

/** A program built natively. Owns a directory; disposing removes it. */
export interface NativeProgram extends AsyncDisposable {
  /** The verdicts on packets, in one process. @throws Error with what the sanitizers found */
  run(packets: readonly Packet[], linear?: LinearBytes): Promise<readonly NativeVerdict[]>;
}

const HERE = new URL("./native/", import.meta.url).pathname;

/** Builds a program, once for those whose C is the same. @throws Error with what clang has against it */
export async function buildNative(cprog: Cprog): Promise<NativeProgram> {
  const key = `${cprog.hook.context} ${sizeDefinitions(cprog.plan)} ${cprog.text.replace(HOOK_COMMENT, "")}`;
  const build = builds.get(key) ?? { users: 0, directory: compileNative(cprog) };
  builds.set(key, build);
  build.users++;
  const leave = async () => {
    if (--build.users > 0) return;
    builds.delete(key);
    await Deno.remove(await build.directory, { recursive: true });
  };
  try {
    const path = `${await build.directory}/${PROGRAM}`;
    return { run: (packets, linear) => runNative(cprog, path, packets, linear), [Symbol.asyncDispose]: leave };
  } catch (error) {
    builds.delete(key);
    throw error;
  }
}

/** Builds in use: at both TC hooks the C is the same but for the comment that names the hook. */
const builds = new Map<string, { users: number; readonly directory: Promise<string> }>();
const PROGRAM = "program";

/** The directory that the program is in. */
async function compileNative(cprog: Cprog): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "kefir_native_" });
  try {
    const args = [
      // Nothing is optimised away before the sanitizers see it, and clang takes half the time.
      "-O0",
      "-gline-tables-only",
      "-fsanitize=address,undefined",
      "-fno-sanitize-recover=all",
      "-Wall",
      "-Werror",
      // Helpers that this program does not call.
      "-Wno-unused-function",
      `-I${HERE}include`,
      ...sizeDefinitions(cprog.plan),
      ...(cprog.hook.context === "tc" ? ["-DKEFIR_NATIVE_TC"] : []),
    ];
    const source = new TextEncoder().encode(`${cprog.text}\n#include "kefir_runner.h"\n`);
    await pipe("clang", [...args, "-x", "c", "-", "-o", `${directory}/${PROGRAM}`], source);
    return directory;
  } catch (error) {
    await Deno.remove(directory, { recursive: true });
    throw error;
  }
}

async function runNative(cprog: Cprog, path: string, packets: readonly Packet[], linear: LinearBytes = whole) {
  const input = concatenate([
    ...encodeMaps(cprog),
    ...packets.flatMap((packet, index) => encodePacket(packet, linear(packet, index))),
  ]);
  const lines = (await pipe(path, [], input)).split("\n").slice(0, -1);
  if (lines.length !== packets.length) throw new Error(`${lines.length} verdicts for ${packets.length} packets`);
  return lines.map((line): NativeVerdict => {
    const [code = NaN, counter = NaN, countedBytes = NaN] = line.split(" ").map(Number);
    const action = actionOfVerdict(cprog.hook, code);
    if (action === undefined) throw new Error(`the program returned ${code}`);
    return { action, rule: counter === cprog.filter.size ? null : counter, countedBytes };
  });
}

function whole(packet: Packet): number {
  return packet.bytes.length;
}

function encodeMaps(cprog: Cprog): Uint8Array[] {
  const maps = mapContents(cprog);
  return [
    u32(maps.length),
    ...maps.flatMap(({ map, kind, values }) => {
      const name = new TextEncoder().encode(map);
      const isSteps = kind === "values" && cprog.plan.strategy === "linear";
      const valueBytes = isSteps ? stepBytes(cprog.plan) : values.length;
      const inner = kind === "generation" ? 1 : 0;
      return [u32(name.length), name, u32(values.length / valueBytes, valueBytes, inner), values];
    }),
  ];
}

function encodePacket({ bytes, vlanTag }: Packet, linear: number): Uint8Array[] {
  const tag = new Uint8Array(Uint16Array.of(vlanTag?.tpid ?? 0, vlanTag?.tci ?? 0).buffer);
  return [u32(bytes.length, linear, vlanTag === undefined ? 0 : 1), tag, bytes];
}

/** In the machine's byte order. */
function u32(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What a program writes, given that input. @throws Error with what it complains of */
async function pipe(path: string, args: readonly string[], input: Uint8Array<ArrayBuffer>): Promise<string> {
  const child = new Deno.Command(path, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const feed = async () => {
    const writer = child.stdin.getWriter();
    // A program that ends early breaks the pipe; what it wrote says more than that.
    await writer.write(input).then(() => writer.close()).catch(() => {});
  };
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), feed()]);
  const text = new TextDecoder().decode(stdout);
  if (success) return text;
  const done = text.split("\n").length - 1;
  throw new Error(`${path} failed after ${done} lines:\n${new TextDecoder().decode(stderr)}`);
}
