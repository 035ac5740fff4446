/**
 * Sets of classes: values that satisfy the same rows are one class, known by its set of rows.
 *
 * @module
 */

import { countBits, lowestBit } from "../bits.ts";

/** A set of rows: its words that are not zero, ascending, 32 rows a word. */
export class RowWords {
  /** Words in use. */
  count = 0;
  /** Which words these are. */
  readonly at: Uint32Array<ArrayBuffer>;
  /** Their bits. */
  readonly bits: Uint32Array<ArrayBuffer>;

  constructor(words: number) {
    this.at = new Uint32Array(words);
    this.bits = new Uint32Array(words);
  }

  /** Becomes the set whose words are all there, zero or not. */
  setDense(words: Uint32Array): void {
    this.count = 0;
    for (let word = 0; word < words.length; word++) {
      const bits = words[word] as number;
      if (bits === 0) continue;
      this.at[this.count] = word;
      this.bits[this.count++] = bits;
    }
  }
}

/** Sets of rows; equal ones are kept once and have one number. Only words that are not zero take memory. */
export class ClassSet {
  /** Words of a set, zero or not. */
  readonly words: number;
  #count = 0;
  /** Where the words of each set start, and behind the last. */
  #starts = new Uint32Array(65);
  #at = new Uint32Array(256);
  #bits = new Uint32Array(256);
  #hashes = new Uint32Array(64);
  /** Open addressing: a number plus one, 0 where free. */
  #slots = new Int32Array(128);

  constructor(words: number) {
    this.words = words;
  }

  /** Number of classes. */
  get count(): number {
    return this.#count;
  }

  /** Words that are kept: where the sets end. */
  get kept(): number {
    return this.#starts[this.#count] as number;
  }

  /** Where the words of each class start: of class n up to that of class n + 1. To be read before more are added. */
  get starts(): Uint32Array<ArrayBuffer> {
    return this.#starts;
  }

  /** Which words are kept. To be read before more are added. */
  get at(): Uint32Array<ArrayBuffer> {
    return this.#at;
  }

  /** The bits of these words. To be read before more are added. */
  get bits(): Uint32Array<ArrayBuffer> {
    return this.#bits;
  }

  /** The number of the class with that set of rows; a new one when there is none yet. */
  add(set: RowWords): number {
    const hash = hashOf(set);
    let slot = hash & (this.#slots.length - 1);
    for (;; slot = (slot + 1) & (this.#slots.length - 1)) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) break;
      if (this.#hashes[number] === hash && this.#equals(number, set)) return number;
    }
    const number = this.#count++;
    this.#reserve(set.count);
    const start = this.#starts[number] as number;
    for (let word = 0; word < set.count; word++) {
      this.#at[start + word] = set.at[word] as number;
      this.#bits[start + word] = set.bits[word] as number;
    }
    this.#starts[number + 1] = start + set.count;
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return number;
  }

  /** All words of all classes, one class behind the other. */
  dense(): Uint32Array<ArrayBuffer> {
    const dense = new Uint32Array(this.#count * this.words);
    for (let number = 0; number < this.#count; number++) {
      const end = this.#starts[number + 1] as number;
      for (let index = this.#starts[number] as number; index < end; index++) {
        dense[number * this.words + (this.#at[index] as number)] = this.#bits[index] as number;
      }
    }
    return dense;
  }

  /** Whether there is one class, and so many rows are all in it. */
  isWhole(rowCount: number): boolean {
    if (this.#count !== 1) return false;
    let rows = 0;
    for (let index = 0; index < this.kept; index++) rows += countBits(this.#bits[index] as number);
    return rows === rowCount;
  }

  /** The first row of a class, or -1. */
  firstRow(number: number): number {
    const start = this.#starts[number] as number;
    if (start === this.#starts[number + 1]) return -1;
    return (this.#at[start] as number) * 32 + lowestBit(this.#bits[start] as number);
  }

  #equals(number: number, set: RowWords): boolean {
    const start = this.#starts[number] as number;
    if ((this.#starts[number + 1] as number) - start !== set.count) return false;
    for (let word = 0; word < set.count; word++) {
      if (this.#at[start + word] !== set.at[word] || this.#bits[start + word] !== set.bits[word]) return false;
    }
    return true;
  }

  #reserve(words: number): void {
    if (this.#count + 1 > this.#starts.length - 1) {
      this.#starts = grown(this.#starts, 2 * this.#starts.length);
      this.#hashes = grown(this.#hashes, this.#starts.length);
    }
    const used = this.#starts[this.#count - 1] as number;
    if (used + words > this.#at.length) {
      const room = Math.max(used + words, 2 * this.#at.length);
      this.#at = grown(this.#at, room);
      this.#bits = grown(this.#bits, room);
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(4 * this.#slots.length);
    for (let number = 0; number < this.#count; number++) {
      let slot = (this.#hashes[number] as number) & (this.#slots.length - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = number + 1;
    }
  }
}

function grown(old: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(old);
  return larger;
}

/** A hash of the words; equality is always checked as well. */
function hashOf(set: RowWords): number {
  let hash = 0x811c9dc5;
  for (let word = 0; word < set.count; word++) {
    hash = Math.imul(hash ^ (set.bits[word] as number), 0x01000193) ^ (set.at[word] as number);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  }
  return (hash ^ (hash >>> 13)) >>> 0;
}
