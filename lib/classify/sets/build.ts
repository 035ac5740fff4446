/**
 * Builds the lookups of sources: which place each set is compared at, and the tables.
 *
 * @module
 */

import { powerOfTwo } from "../bits.ts";
import type { Side } from "../../model/normal_form.ts";
import type { Place } from "../../model/places.ts";
import type { Range, Ranges } from "../../model/ranges.ts";
import { intervalForm, Memory, TableFull, usualRootBits, type WrittenMap } from "../interval_map/interval_map.ts";
import { capacityFor } from "../interval_map/layout.ts";
import type { Refusal } from "../plan.ts";
import type { DeriveOptions } from "./derive.ts";
import { SET_LIMITS } from "./limits.ts";
import {
  type ClassTable,
  DERIVED_BITS,
  derivedPlace,
  DIRECT_BITS,
  type SetLookup,
  type SetsFacts,
  type SetsPlan,
} from "./lookup.ts";
import { type Partition, partitionsOf } from "./partition.ts";
import type { RecentSets } from "./recent.ts";
import { type Source, Sources } from "./sources.ts";
import { endTables, takeTable, writeBits, writeTable } from "./tables.ts";

/** Lookups, and what the sets of their sources have become. */
export interface BuiltLookups {
  readonly plan: SetsPlan;
  /** The side that is compared instead of one whose set has that number in its source. */
  sideOf(side: Side, number: number): Side;
}

/** Builds the lookups of all sources, or says why they cannot be. */
export function buildLookups(
  sources: Sources,
  { encoding, like, recent }: DeriveOptions,
): BuiltLookups | Refusal {
  const drafts = draftsOf(sources.all, recent);
  if (drafts.length > SET_LIMITS.lookups) {
    return { refused: "too-many-set-lookups", what: `${drafts.length} lookups, ${SET_LIMITS.lookups} at most` };
  }
  let bitsLeft = encoding === "class" ? 0 : SET_LIMITS.bits;
  for (const draft of drafts) bitsLeft -= encode(draft, bitsLeft, like);
  try {
    const sets = drafts.flatMap(({ source }) => source.sets);
    const plan = recent === undefined || like !== undefined
      ? layOut(drafts, like)
      : recent.plan(sets, keyOf(drafts), () => layOut(drafts, like));
    return { plan, sideOf: (side, number) => replace(side, number, drafts) };
  } catch (error) {
    if (!(error instanceof TableFull)) throw error;
    return { refused: "sets-too-large", what: `the tables of its sets take ${error.message}` };
  }
}

/** What lookups depend on beside their sets. */
function keyOf(drafts: readonly Draft[]): string {
  return JSON.stringify(drafts.map(({ name, key, partition, hasClassPlace, bitPlaces, positions }) => [
    name,
    key,
    partition.from,
    hasClassPlace,
    bitPlaces,
    [...positions],
  ]));
}

/** A lookup before its tables are laid out. */
interface Draft {
  readonly name: string;
  readonly key: string;
  readonly source: Source;
  readonly partition: Partition;
  /** The ranges of class numbers of each set, by the set's number. */
  readonly classes: ReadonlyMap<number, readonly Range[]>;
  /** The position of each set that has a bit. */
  readonly positions: Map<number, number>;
  bitPlaces: number;
  hasClassPlace: boolean;
}

function draftsOf(sources: readonly Source[], recent: RecentSets | undefined): Draft[] {
  const drafts: Draft[] = [];
  const perPlace = new Map<Place, number>();
  for (const source of sources) {
    const { place, mask } = source;
    for (const partition of samePartitions(drafts, source) ?? partitionsOfSource(source, recent)) {
      const index = perPlace.get(place) ?? 0;
      perPlace.set(place, index + 1);
      drafts.push({
        name: `${place.name}_sets_${index}`,
        key: `${place.name} ${mask}`,
        source,
        partition,
        classes: classesOf(partition),
        positions: new Map(),
        bitPlaces: 0,
        hasClassPlace: false,
      });
    }
  }
  return drafts;
}

function partitionsOfSource({ place: { widthBits }, sets }: Source, recent: RecentSets | undefined) {
  const make = () => partitionsOf(sets, widthBits);
  return recent === undefined ? make() : recent.partitions(sets, widthBits, make);
}

/** The partitions of a source with the same sets: of `ip.addr` both addresses are looked up in one table. */
function samePartitions(drafts: readonly Draft[], { place, sets }: Source): readonly Partition[] | undefined {
  const same = drafts.find(({ source }) =>
    source.place.widthBits === place.widthBits && source.sets.length === sets.length &&
    source.sets.every((set, index) => set === sets[index])
  )?.source;
  return same && drafts.filter(({ source }) => source === same).map(({ partition }) => partition);
}

/** Chooses what the sets of a lookup are compared as. Returns how many got a bit. */
function encode(draft: Draft, bitsLeft: number, like: SetsPlan | undefined): number {
  const { classes, positions, name } = draft;
  const before = like?.lookups.find((lookup) => lookup.name === name);
  for (const [set, ranges] of classes) {
    const isSingle = ranges.length === 1 && ranges[0]!.lo === ranges[0]!.hi;
    // A set that is alone has one class, whatever it becomes; of several, that may change with their values.
    const wantsBit = classes.size > 1 && (classes.size <= SET_LIMITS.bitsAlways || !isSingle);
    if (wantsBit && positions.size < bitsLeft) positions.set(set, positions.size);
    else draft.hasClassPlace = true;
  }
  draft.bitPlaces = Math.max(before?.bitPlaces.length ?? 0, Math.ceil(positions.size / DERIVED_BITS));
  if (before?.classPlace !== undefined) draft.hasClassPlace = true;
  return positions.size;
}

/** The numbers of each set's classes, as ranges. */
function classesOf({ members, memberWords, classCount, from, to }: Partition): ReadonlyMap<number, readonly Range[]> {
  const numbers = Array.from({ length: to - from }, (): { lo: bigint; hi: bigint }[] => []);
  for (let number = 1; number < classCount; number++) {
    for (let word = 0; word < memberWords; word++) {
      let bits = members[number * memberWords + word]!;
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const ranges = numbers[(word + (from >> 5)) * 32 + 31 - Math.clz32(bit) - from]!;
        const last = ranges.at(-1);
        const value = BigInt(number);
        if (last !== undefined && last.hi + 1n === value) last.hi = value;
        else ranges.push({ lo: value, hi: value });
      }
    }
  }
  return new Map(numbers.map((ranges, index) => [from + index, ranges]));
}

function replace(side: Side, number: number, drafts: readonly Draft[]): Side {
  const key = Sources.keyOf(side);
  const draft = drafts.find(({ key: own, partition: { from, to } }) =>
    own === key && from <= number && number < to
  ) as Draft;
  const position = draft.positions.get(number);
  if (position === undefined) {
    const mask = (1n << BigInt(DERIVED_BITS)) - 1n;
    return {
      field: side.field,
      mask,
      ranges: draft.classes.get(number) as Ranges,
      derived: derivedPlace(classPlaceName(draft.name), draft.source.place),
    };
  }
  const bit = 1n << BigInt(position % DERIVED_BITS);
  const word = Math.floor(position / DERIVED_BITS);
  return {
    field: side.field,
    mask: bit,
    ranges: [{ lo: bit, hi: bit }],
    derived: derivedPlace(bitPlaceName(draft.name, word), draft.source.place),
  };
}

function classPlaceName(name: string): string {
  return `${name}_class`;
}

function bitPlaceName(name: string, word: number): string {
  return `${name}_bits_${word}`;
}

/** Puts all tables into one memory: what the program finds by itself first, what references lead to behind. */
function layOut(drafts: readonly Draft[], like: SetsPlan | undefined): SetsPlan {
  const boundaries = drafts.reduce((sum, { partition }) => sum + partition.classes.length, 0);
  const memory = new Memory({ expectedBytes: 65_536 + 16 * boundaries, maxBytes: SET_LIMITS.bytes });
  const tables = new Map<Partition, { readonly table: ClassTable; readonly at: number }>();
  const lookups = drafts.map((draft): SetLookup => {
    const { name, source, partition, bitPlaces } = draft;
    const before = like?.lookups.find((lookup) => lookup.name === name);
    const { widthBits } = source.place;
    let own = tables.get(partition);
    if (own === undefined) {
      const rootBits = before?.table.kind === "intervals"
        ? before.table.rootBits
        : usualRootBits(partition.classes.length);
      const table: ClassTable = widthBits <= DIRECT_BITS
        ? { kind: "direct" }
        : { kind: "intervals", form: intervalForm(widthBits), rootBits };
      own = { table, at: takeTable(table, widthBits, memory) };
      tables.set(partition, own);
    }
    const classCapacity = Math.max(before?.classCapacity ?? 0, powerOfTwo(partition.classCount, SMALLEST_CAPACITY));
    return {
      name,
      source: source.place,
      mask: source.mask,
      ...own,
      ...(draft.hasClassPlace && { classPlace: derivedPlace(classPlaceName(name), source.place) }),
      bitPlaces: Array.from(
        { length: bitPlaces },
        (_, word) => derivedPlace(bitPlaceName(name, word), source.place),
      ),
      bitsAt: bitPlaces === 0 ? 0 : memory.take(2 * bitPlaces * classCapacity),
      classCapacity,
    };
  });
  let loads = 0;
  let maxLoads = 0;
  const written = new Map<Partition, WrittenMap>();
  drafts.forEach(({ partition, positions }, index) => {
    const { table, at, source: { widthBits }, bitPlaces, bitsAt } = lookups[index] as SetLookup;
    const own = written.get(partition) ?? writeTable(partition, { table, at, widthBits }, memory);
    written.set(partition, own);
    loads += own.loads + (bitPlaces.length > 0 ? 1 : 0);
    maxLoads += own.maxLoads + (bitPlaces.length > 0 ? 1 : 0);
    if (bitPlaces.length > 0) writeBits(partition, positions, { at: bitsAt, places: bitPlaces.length }, memory);
  });
  endTables(memory);
  const size = like !== undefined && memory.used <= like.tables.length ? like.tables.length : capacityFor(memory.used);
  return { lookups, tables: memory.bytes(size), facts: { ...factsOf(drafts, memory.used), loads, maxLoads } };
}

function factsOf(drafts: readonly Draft[], usedBytes: number): Omit<SetsFacts, "loads" | "maxLoads"> {
  const sets = new Set(drafts.flatMap(({ source }) => source.sets));
  return {
    sets: sets.size,
    ranges: [...sets].reduce((sum, { length }) => sum + length, 0),
    classes: drafts.reduce((sum, { partition }) => sum + partition.classCount - 1, 0),
    usedBytes,
  };
}

/** Classes that bits have room for at least. */
const SMALLEST_CAPACITY = 16;
