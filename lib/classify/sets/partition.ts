/**
 * Partitions: the values of a place cut where a set begins or ends. Values that are in the same sets are of one class.
 *
 * @module
 */

import type { WordColumns } from "../../model/interval_set.ts";
import { columnsOf, type Ranges } from "../../model/ranges.ts";
import { SET_LIMITS } from "./limits.ts";

/** A class for each value: that of the last boundary which is not above it. Class 0 is what no set has. */
export interface Partition {
  /** Boundaries in ascending order, the first is 0; words of 32 bits, the most significant first. */
  readonly words: WordColumns;
  /** The class that begins at each boundary. */
  readonly classes: Uint32Array<ArrayBuffer>;
  /** Number of classes. */
  readonly classCount: number;
  /** Words of 32 bits that the sets of a class take: those of the words' numbers in which `from` to `to` are. */
  readonly memberWords: number;
  /** The sets of each class: a bit each, `memberWords` for each class. */
  readonly members: Uint32Array<ArrayBuffer>;
  /** Number of the first set that it tells apart. */
  readonly from: number;
  /** Number of the first set behind those. */
  readonly to: number;
}

/**
 * Partitions that tell the sets of a place apart. One is enough but when sets overlap in more ways than a partition has room
 * for classes; the sets are then shared out; each is whole in one of them.
 */
export function partitionsOf(sets: readonly Ranges[], widthBits: number): readonly Partition[] {
  const partitions = (from: number, to: number): Partition[] => {
    if (to - from === 1) return [partitionOf(sets[from] as Ranges, { number: from, widthBits })];
    const middle = (from + to) >> 1;
    const [left, right] = [partitions(from, middle), partitions(middle, to)];
    const [one, other] = [left[0], right[0]];
    const both = left.length === 1 && right.length === 1 && one !== undefined && other !== undefined
      ? combine(one, other)
      : undefined;
    return both === undefined ? [...left, ...right] : [both];
  };
  return partitions(0, sets.length);
}

/** Whether a class is in a set. */
export function isMember({ members, memberWords, from }: Partition, number: number, set: number): boolean {
  return (members[number * memberWords + (set >> 5) - (from >> 5)]! >>> (set & 31) & 1) === 1;
}

interface SetPlace {
  readonly number: number;
  readonly widthBits: number;
}

/** The partition of a set alone: class 1 is inside. */
function partitionOf(ranges: Ranges, { number, widthBits }: SetPlace): Partition {
  const set = columnsOf(ranges);
  const wordCount = widthBits <= 32 ? 1 : widthBits <= 64 ? 2 : 4;
  const words = Array.from({ length: wordCount }, () => new Uint32Array(2 * set.length + 1));
  const classes = new Uint32Array(2 * set.length + 1);
  const missing = wordCount - set.lo.length;
  let used = set.length > 0 && set.lo.every((column) => column[0] === 0) ? 0 : 1;
  for (let index = 0; index < set.length; index++) {
    for (let word = missing; word < wordCount; word++) words[word]![used] = set.lo[word - missing]![index]!;
    classes[used++] = 1;
    let carry = 1;
    for (let word = wordCount - 1; word >= 0; word--) {
      const last = word < missing ? 0 : set.hi[word - missing]![index]!;
      const next = (last + carry) >>> 0;
      words[word]![used] = next;
      carry = carry === 1 && next === 0 ? 1 : 0;
    }
    // What ends with the largest value has nothing behind it.
    const top = words[0]![used]!;
    const isBeyond = carry === 1 || widthBits % 32 !== 0 && top >>> (widthBits % 32) !== 0;
    if (!isBeyond) used++;
  }
  return {
    words: words.map((column) => column.subarray(0, used)),
    classes: classes.subarray(0, used),
    classCount: 2,
    memberWords: 1,
    members: Uint32Array.of(0, 1 << (number & 31)),
    from: number,
    to: number + 1,
  };
}

/** The partition whose classes are those of both; undefined when they are too many. */
function combine(left: Partition, right: Partition): Partition | undefined {
  const wordCount = left.words.length;
  const [leftCount, rightCount] = [left.classes.length, right.classes.length];
  const words = left.words.map(() => new Uint32Array(leftCount + rightCount));
  const classes = new Uint32Array(leftCount + rightCount);
  const numbers = pairNumbers(left.classCount, right.classCount);
  const pairs: number[] = [];
  const first = left.from >> 5;
  const memberWords = ((right.to - 1) >> 5) - first + 1;
  const most = Math.min(SET_LIMITS.classes, Math.floor(SET_LIMITS.members / memberWords) - 1);
  let used = 0;
  let before = -1;
  for (let i = 0, j = 0; i < leftCount || j < rightCount;) {
    let order = 0;
    if (i === leftCount) order = 1;
    else if (j === rightCount) order = -1;
    else {
      for (let word = 0; word < wordCount && order === 0; word++) {
        const [a, b] = [left.words[word]![i]!, right.words[word]![j]!];
        order = a < b ? -1 : a > b ? 1 : 0;
      }
    }
    const from = order <= 0 ? left.words : right.words;
    const index = order <= 0 ? i : j;
    if (order <= 0) i++;
    if (order >= 0) j++;
    const pair = left.classes[i - 1]! * right.classCount + right.classes[j - 1]!;
    let number = numbers.get(pair);
    if (number === undefined) {
      number = pairs.push(pair);
      if (number > most) return undefined;
      numbers.set(pair, number);
    }
    if (number === before) continue;
    before = number;
    for (let word = 0; word < wordCount; word++) words[word]![used] = from[word]![index]!;
    classes[used++] = number;
  }
  const members = new Uint32Array((pairs.length + 1) * memberWords);
  const add = (number: number, from: Partition, at: number): void => {
    const row = at + (from.from >> 5) - first;
    for (let word = 0; word < from.memberWords; word++) {
      members[row + word] = members[row + word]! | from.members[number * from.memberWords + word]!;
    }
  };
  pairs.forEach((pair, index) => {
    add(Math.floor(pair / right.classCount), left, (index + 1) * memberWords);
    add(pair % right.classCount, right, (index + 1) * memberWords);
  });
  return {
    words: words.map((column) => column.subarray(0, used)),
    classes: classes.subarray(0, used),
    classCount: pairs.length + 1,
    memberWords,
    members,
    from: left.from,
    to: right.to,
  };
}

/** Numbers of pairs of classes: in a table where that is small. The pair of both classes 0 is class 0. */
function pairNumbers(leftCount: number, rightCount: number): {
  get(pair: number): number | undefined;
  set(pair: number, number: number): void;
} {
  if (leftCount * rightCount > 1 << 22) return new Map([[0, 0]]);
  const table = new Int32Array(leftCount * rightCount).fill(-1);
  table[0] = 0;
  return {
    get: (pair) => table[pair]! < 0 ? undefined : table[pair],
    set: (pair, number) => table[pair] = number,
  };
}
