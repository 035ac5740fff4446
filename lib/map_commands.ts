/**
 * The map of a linear program by hand: bpftool's commands that fill it, for an object that some other loader loaded.
 *
 * @module
 */

import { stepBytes } from "./classify/linear.ts";
import { type Cprog, mapContents } from "./cprog.ts";
import { u32Bytes } from "./kernel/map.ts";

/** How bpftool finds a map: by its number, by the path it is pinned at, or by its name if no other map has it. */
export type MapReference = { readonly id: number } | { readonly pinned: string } | { readonly name: string };

/** How {@link mapUpdateCommands} writes commands. */
export interface MapCommandOptions {
  /** The map; `{ name: "kefir_rules" }` unless given, as the program calls it. */
  readonly map?: MapReference;
}

/** A command of bpftool. */
export interface MapCommand {
  /** The program and its arguments, as `execve` takes them. */
  readonly argv: readonly string[];
  /** The same as a line for a shell. */
  readonly text: string;
}

/**
 * The commands that fill the map of a linear program, one for each step in the order of the steps: `bpftool map update MAP
 * key hex .. value hex ..`, bytes in the machine's order. They are the rules as data, for an object that
 * `compileCprog(cprog, { complete: true })` made and any loader loaded. {@link loadCprog} does the same by itself. Attach
 * the program after the last one: until then it decides nothing right.
 *
 * @throws RangeError for a program of another strategy or with sets that are looked up, whose tables are no array of steps;
 * and for a map that cannot be one
 */
export function mapUpdateCommands(cprog: Cprog, options: MapCommandOptions = {}): Iterable<MapCommand> {
  const { plan, name } = cprog;
  if (plan.strategy !== "linear") {
    throw new RangeError(
      `Cannot fill the maps of "${name}" by commands: its strategy is ${plan.strategy}, only linear has a map of steps`,
    );
  }
  const [rules, tables] = mapContents(cprog);
  if (rules === undefined || tables !== undefined) {
    throw new RangeError(
      `Cannot fill the maps of "${name}" by commands: its sets are looked up in tables, which are longer than a command`,
    );
  }
  const update = ["bpftool", "map", "update", ...wordsOf(options.map ?? { name: rules.map })];
  return commands(update, { values: rules.values, steps: plan.steps, stride: stepBytes(plan) });
}

function* commands(
  update: readonly string[],
  { values, steps, stride }: { readonly values: Uint8Array; readonly steps: number; readonly stride: number },
): Generator<MapCommand> {
  const before = update.map(quote).join(" ");
  // What is behind the last step is zero, and no step leads there.
  for (let index = 0; index < steps; index++) {
    const key = hexBytes(u32Bytes(index));
    const value = hexBytes(values.subarray(index * stride, (index + 1) * stride));
    const data = ["key", "hex", ...key, "value", "hex", ...value];
    yield { argv: [...update, ...data], text: `${before} ${data.join(" ")}` };
  }
}

function wordsOf(map: MapReference): readonly string[] {
  if ("id" in map) {
    if (Number.isInteger(map.id) && map.id > 0 && map.id <= 0xffffffff) return ["id", String(map.id)];
    throw new RangeError(`Cannot name the map ${map.id}: the kernel's numbers are 1 to ${0xffffffff}`);
  }
  if ("pinned" in map) {
    // A line that is to be a command has no line break, and no path has a NUL.
    if (/^[^\p{Cc}]+$/u.test(map.pinned)) return ["pinned", map.pinned];
    throw new RangeError(`Cannot name the map at ${JSON.stringify(map.pinned)}: that is no path for a command`);
  }
  // BPF_OBJ_NAME_LEN is 16, with the NUL; linux/bpf.h.
  if (/^[A-Za-z0-9_.]{1,15}$/.test(map.name)) return ["name", map.name];
  throw new RangeError(`Cannot name the map ${JSON.stringify(map.name)}: names are 1 to 15 letters, digits, _ and .`);
}

function hexBytes(bytes: Uint8Array): string[] {
  return Array.from(bytes, (byte) => HEX[byte] as string);
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A word as POSIX shells take it: in single quotes nothing is special but their end. */
function quote(word: string): string {
  return /^[A-Za-z0-9_.,:/@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
