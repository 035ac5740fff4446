/**
 * Puts the tables of the steps into one value.
 *
 *     for each step, offset and stride | number of the map | first tables and roots of places | all else
 *
 * The program knows where the first tables are, which depends on the kinds of the steps alone. All else it finds from them and
 * from what stands at the start.
 *
 * @module
 */

import { powerOfTwo } from "../bits.ts";
import {
  LONGEST_BYTES,
  Memory,
  rootBytes,
  TableFull,
  usualRootBits,
  writeIntervalMap,
} from "../interval_map/interval_map.ts";
import type { ClassesFacts, ClassesPlaceStep, ClassesPlan, ClassesStepShape } from "../plan.ts";
import type { ClassStep } from "./build.ts";
import { isChunk } from "./chunks.ts";
import type { Dimension } from "./dimension.ts";
import { BLOCK, kindOf, stretchesAsIntervals, writePlaceTable } from "./place_tables.ts";

/** What {@link assembleTables} takes beside the steps. */
export interface AssembleOptions {
  /** The entries of the last table: 16 bits for each row, and behind them for what is in none. */
  readonly decisions: Uint16Array;
  /** Bytes that the tables may take. */
  readonly maxBytes: number;
  /** A program that is to take the value, if it has room. */
  readonly like?: Pick<ClassesPlan, "steps" | "capacity">;
}

/** A value, and what the program must know of it. */
export interface Assembled {
  readonly steps: readonly ClassesStepShape[];
  readonly tables: Uint8Array<ArrayBuffer>;
  readonly capacity: number;
  readonly mask: number;
  readonly generationAt: number;
  readonly facts: ClassesFacts;
}

/** Bytes of the smallest tables. */
const SMALLEST = 4096;

/** The value of the steps; undefined when it has no room. */
export function assembleTables(steps: readonly ClassStep[], options: AssembleOptions): Assembled | undefined {
  try {
    return assemble(steps, options);
  } catch (error) {
    if (error instanceof TableFull) return undefined;
    throw error;
  }
}

function assemble(steps: readonly ClassStep[], { decisions, maxBytes, like }: AssembleOptions): Assembled {
  const memory = new Memory({ expectedBytes: 65_536, maxBytes });
  const rowsBytes = 8 * Math.max(1, steps.length);
  const header = memory.take(rowsBytes + 4);
  const generationAt = header + rowsBytes;
  const shapes = steps.map((step, index): ClassesStepShape => {
    if (step.kind === "pair") return { kind: "pair", left: step.left, right: step.right };
    if (step.kind === "only") return { kind: "only", of: step.of };
    return placeStep(step.dimension, like?.steps[index], memory);
  });
  let loads = 0;
  let mostLoads = 0;
  const write = (index: number, table: ArrayLike<number>, rowEntries: number): void => {
    const at = memory.take(2 * table.length);
    memory.u16.set(table, at / 2);
    memory.u32.set([at, 2 * rowEntries], header / 4 + 2 * index);
    loads++;
    mostLoads++;
  };
  steps.forEach((step, index) => {
    switch (step.kind) {
      case "dimension": {
        const shape = shapes[index] as ClassesPlaceStep;
        const { stretches, widthBits } = step.dimension;
        const written = shape.kind === "map"
          ? writeIntervalMap(stretchesAsIntervals(stretches, widthBits), shape, memory)
          : writePlaceTable(step.dimension, shape, memory);
        loads += written.loads;
        mostLoads += written.maxLoads;
        return;
      }
      case "pair":
        return write(index, step.isLast ? decided(step.table, decisions) : step.table, step.stride);
      case "only":
        return write(index, decided(step.table, decisions), 1);
    }
  });
  if (steps.length === 0) {
    write(0, decisions.subarray(0, 1), 1);
    shapes.push({ kind: "constant" });
  }
  const capacity = powerOfTwo(memory.used, like?.capacity ?? SMALLEST);
  return {
    steps: shapes,
    // Behind the capacity there is room for what begins at its end.
    tables: memory.bytes(capacity + LONGEST_BYTES),
    capacity,
    mask: capacity - 2,
    generationAt,
    facts: { tables: shapes.length, usedBytes: memory.used, loads, mostLoads },
  };
}

/** What is decided for each row of a table, or for -1. */
function decided(table: ArrayLike<number>, decisions: Uint16Array): Uint16Array<ArrayBuffer> {
  const entries = new Uint16Array(table.length);
  const none = decisions.length - 1;
  for (let index = 0; index < entries.length; index++) {
    const row = table[index] as number;
    entries[index] = decisions[row < 0 ? none : row] as number;
  }
  return entries;
}

/** How a place is looked up; its first table gets its room, so that the program knows where it is. */
function placeStep(
  dimension: Dimension,
  like: ClassesStepShape | undefined,
  memory: Memory,
): ClassesPlaceStep {
  const { place, widthBits, stretches } = dimension;
  const kind = kindOf(dimension, like?.kind);
  const looksAt = {
    ...(place !== undefined && { place: isChunk(place) ? place.whole.name : place.name }),
    ...(place !== undefined && isChunk(place) && { bits: { shift: place.shift, widthBits } }),
  };
  if (kind === "map") {
    const rootBits = like?.kind === "map" ? like.rootBits : usualRootBits(stretches.classes.length);
    return { kind, ...looksAt, widthBits, rootBits, rootAt: memory.take(rootBytes(rootBits)) };
  }
  const values = kind === "table" ? 1 : kind === "blocks" ? BLOCK : BLOCK * BLOCK;
  return { kind, ...looksAt, rootAt: memory.take(2 * 2 ** widthBits / values) };
}
