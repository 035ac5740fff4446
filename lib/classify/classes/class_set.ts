/**
 * Sets of classes: values that satisfy the same rows are one class, known by its set of rows.
 *
 * @module
 */

/** Sets of rows as bits, 32 a word; equal sets are kept once and have one number. */
export class ClassSet {
  /** Words of one set. */
  readonly words: number;
  #bits: Uint32Array<ArrayBuffer>;
  #count = 0;
  /** By hash, the first set that has it; the next one is in #next. */
  readonly #byHash = new Map<number, number>();
  #next: Int32Array<ArrayBuffer> = new Int32Array(64).fill(-1);

  constructor(words: number) {
    this.words = words;
    this.#bits = new Uint32Array(words * 64);
  }

  /** Number of classes. */
  get count(): number {
    return this.#count;
  }

  /** The number of the class with that set of rows; a new one when there is none yet. */
  add(set: Uint32Array): number {
    const { words } = this;
    const hash = hashWords(set, words);
    for (let at = this.#byHash.get(hash) ?? -1; at >= 0; at = this.#next[at] as number) {
      if (this.#equals(at, set)) return at;
    }
    const number = this.#count++;
    if ((number + 1) * words > this.#bits.length) this.#grow();
    this.#bits.set(set.length === words ? set : set.subarray(0, words), number * words);
    this.#next[number] = this.#byHash.get(hash) ?? -1;
    this.#byHash.set(hash, number);
    return number;
  }

  /** Rows of all classes, each counted in every class that it is in. */
  members(): number {
    let members = 0;
    for (let at = 0; at < this.#count * this.words; at++) members += countBits(this.#bits[at] as number);
    return members;
  }

  /** The set of rows of a class: a view. */
  rows(number: number): Uint32Array<ArrayBuffer> {
    return this.#bits.subarray(number * this.words, (number + 1) * this.words);
  }

  #equals(number: number, set: Uint32Array): boolean {
    const start = number * this.words;
    for (let word = 0; word < this.words; word++) if (this.#bits[start + word] !== set[word]) return false;
    return true;
  }

  #grow(): void {
    const bits = new Uint32Array(this.#bits.length * 2);
    bits.set(this.#bits);
    this.#bits = bits;
    const next = new Int32Array(this.#next.length * 2).fill(-1);
    next.set(this.#next);
    this.#next = next;
  }
}

/** Index of the first row in a set, or -1. */
export function firstRow(set: Uint32Array): number {
  for (let word = 0; word < set.length; word++) {
    const bits = set[word] as number;
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
  }
  return -1;
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** A hash of the words; equality is always checked as well. */
function hashWords(set: Uint32Array, words: number): number {
  let hash = 0x811c9dc5;
  for (let word = 0; word < words; word++) {
    hash = Math.imul(hash ^ (set[word] as number), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
