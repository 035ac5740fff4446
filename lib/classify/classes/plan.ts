/**
 * The `classes` strategy: fields to equivalence classes, classes to classes, the last table gives the rule. A dozen loads and
 * hardly a branch, however many rules there are, while the tables fit their budget.
 *
 * @module
 */

import type { Filter } from "../../model/filter.ts";
import { neverHolds, type Term } from "../../model/normal_form.ts";
import { demandOf, placeOfSide, PRESENCE_BITS } from "../../model/places.ts";
import { LIMITS } from "../limits.ts";
import {
  type ClassesPlan,
  type ClassesStepShape,
  isRefusal,
  type Plan,
  type PlanBase,
  type Refusal,
  type TablePlanOptions,
} from "../plan.ts";
import { type Row, rowsOfRule } from "../rows.ts";
import { deriveSets } from "../sets/derive.ts";
import { buildSteps, type ClassStep, type PairOrder } from "./build.ts";
import { type Dimension, DIRECT_BITS, placeDimension, presenceDimension } from "./dimension.ts";
import { buildTrie, LEVEL_BITS, ROOT_BITS } from "./trie.ts";

/** The plan of a filter, or why the strategy cannot hold it. */
export function planClasses(filter: Filter, options: TablePlanOptions): ClassesPlan | Refusal {
  const rows: Row[] = [];
  const terms: Term[] = [];
  if (options.counters.indexes.some((index) => index >= LIMITS.classesCounters)) {
    return { refused: "too-many-rules", what: `${filter.size} rules` };
  }
  const derivation = deriveSets(filter, { encoding: "class", like: options.like?.sets });
  if (isRefusal(derivation)) return derivation;
  for (const [index, rule] of filter.rules.entries()) {
    const own = derivation.termsOf(rule);
    if (own.some(neverHolds)) continue;
    terms.push(...own);
    const more = rowsOfRule(index, own, LIMITS.classesRows - rows.length);
    if (typeof more === "string") return { refused: more, what: `rule ${index}` };
    rows.push(...more);
    if (own.length === 0) break;
  }
  const demand = demandOf(terms);
  const dimensions: Dimension[] = [];
  for (const name of new Set(terms.flatMap((term) => term.sides.map(placeOfSide)))) {
    const dimension = placeDimension(name, rows);
    if (typeof dimension === "string") return { refused: dimension, what: name.name };
    if (!isTrivial(dimension, rows.length)) dimensions.push(dimension);
  }
  const presence = presenceDimension(PRESENCE_BITS, rows);
  if (presence !== undefined && !isTrivial(presence, rows.length)) dimensions.push(presence);
  const budget = { classes: LIMITS.classesClasses, entries: LIMITS.classesBytes / 2, work: LIMITS.classesWork };
  const order = orderOf(options.like);
  let steps = buildSteps(dimensions, rows, budget, order);
  // The order of another filter may not do for this one; then it takes a program of its own.
  if (typeof steps === "string" && order !== undefined) steps = buildSteps(dimensions, rows, budget);
  if (typeof steps === "string") return { refused: steps, what: `${rows.length} rows` };
  const { counters, reason } = options;
  const capacity = options.like?.strategy === "classes" ? options.like.tables.length : SMALLEST;
  const sets = derivation.plan === undefined ? {} : { sets: derivation.plan };
  return assemble(filter, rows, steps, { demand, counters, reason, capacity, ...sets });
}

/** Bytes of the smallest tables. */
const SMALLEST = 4096;

/** Whether every row accepts every value: a single class may also be one that some rows are never in. */
function isTrivial({ classes }: Dimension, rowCount: number): boolean {
  return classes.count === 1 && classes.members() === rowCount;
}

/** The order of combinations of a plan whose program is to take the new tables. */
function orderOf(like: Plan | undefined): PairOrder | undefined {
  if (like?.strategy !== "classes") return undefined;
  const pairs = like.steps.flatMap((step, index) =>
    step.kind === "pair" ? [[index, [step.left, step.right]] as const] : []
  );
  return new Map(pairs);
}

/** Puts the tables behind each other: first, for each step, offset and stride; then the tables. */
function assemble(
  filter: Filter,
  rows: readonly Row[],
  steps: readonly ClassStep[],
  { capacity: least, ...rest }: PlanBase & { /** Bytes that there are to be at least. */ readonly capacity: number },
): ClassesPlan | Refusal {
  const shapes: ClassesStepShape[] = [];
  const tables: { readonly entries: Uint16Array; readonly stride: number }[] = [];
  const decide = (row: number): number => {
    const rule = rows[row]?.rule ?? filter.size;
    return (rest.counters.indexes[rule] as number) << 1 |
      ((filter.at(rule)?.action ?? filter.defaultAction) === "drop" ? 1 : 0);
  };
  for (const step of steps) {
    if (step.kind === "dimension") {
      const { place, widthBits, intervals } = step.dimension;
      const value = place?.name;
      if (widthBits <= DIRECT_BITS) {
        tables.push({ entries: expand(intervals, widthBits), stride: 0 });
        shapes.push({ kind: "direct", ...(value !== undefined && { place: value }) });
        continue;
      }
      const trie = buildTrie(intervals, widthBits);
      if (trie === undefined) return { refused: "too-many-classes", what: value ?? "" };
      tables.push({ entries: trie.entries, stride: 0 });
      shapes.push({ kind: "trie", place: value ?? "", widthBits, shifts: shiftsOf(widthBits, trie.depth) });
      continue;
    }
    const isLast = step.kind === "only" || step.isLast;
    const entries = isLast ? Uint16Array.from(step.table, decide) : Uint16Array.from(step.table);
    tables.push({ entries, stride: step.kind === "only" ? 0 : step.stride });
    shapes.push(
      step.kind === "only" ? { kind: "only", of: step.of } : { kind: "pair", left: step.left, right: step.right },
    );
  }
  if (steps.length === 0) {
    tables.push({ entries: Uint16Array.of(decide(rows.length > 0 ? 0 : -1)), stride: 0 });
    shapes.push({ kind: "constant" });
  }
  const headerBytes = Math.ceil(tables.length * 8 / 64) * 64;
  const used = headerBytes + tables.reduce((sum, { entries }) => sum + entries.byteLength, 0);
  let capacity = least;
  while (capacity < used) capacity *= 2;
  if (capacity > LIMITS.classesBytes) return { refused: "tables-too-large", what: `${used} bytes` };
  const bytes = new Uint8Array(capacity);
  const header = new Uint32Array(bytes.buffer, 0, tables.length * 2);
  let offset = headerBytes;
  tables.forEach(({ entries, stride }, index) => {
    header.set([offset, stride], index * 2);
    new Uint16Array(bytes.buffer, offset, entries.length).set(entries);
    offset += entries.byteLength;
  });
  return { strategy: "classes", steps: shapes, tables: bytes, mask: capacity - 2, usedBytes: used, ...rest };
}

/** The shifts of the program's lookup: all levels of a short trie, so that other rules find the same program. */
function shiftsOf(widthBits: number, reached: number): readonly number[] {
  const most = Math.ceil((widthBits - ROOT_BITS) / LEVEL_BITS);
  const depth = Math.min(most, Math.max(2, reached));
  return Array.from({ length: depth + 1 }, (_, level) => widthBits - ROOT_BITS - LEVEL_BITS * level);
}

/** The class of each value. */
function expand(intervals: Dimension["intervals"], widthBits: number): Uint16Array {
  const entries = new Uint16Array(1 << widthBits);
  for (const { lo, hi, class: number } of intervals) entries.fill(number, Number(lo), Number(hi) + 1);
  return entries;
}
