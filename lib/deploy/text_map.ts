/**
 * Texts in array maps, to be pinned: what a deployment says about itself.
 *
 * @module
 */

import { type BpfMap, createMap, openPinnedMap } from "../kernel/map.ts";

/** Where values end at KMALLOC_MAX_SIZE, 4 MB (kernel/bpf/arraymap.c), a long text does not: it goes on in the next entry. */
const LONGEST_VALUE = 1 << 16;

/** Creates a map that holds a text. */
export function createTextMap(name: string, text: string): BpfMap {
  const bytes = new TextEncoder().encode(text);
  // A zero ends the text.
  const valueSize = Math.min(Math.ceil((bytes.length + 1) / 8) * 8, LONGEST_VALUE);
  const maxEntries = Math.ceil((bytes.length + 1) / valueSize);
  const map = createMap({ type: "array", name, keySize: 4, valueSize, maxEntries });
  try {
    const values = new Uint8Array(maxEntries * valueSize);
    values.set(bytes);
    map.writeAll(values);
    return map;
  } catch (error) {
    map[Symbol.dispose]();
    throw error;
  }
}

/** The text in a map that is pinned at `path`. */
export function readTextMap(path: string): string {
  using map = openPinnedMap(path);
  const bytes = map.readAll();
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
