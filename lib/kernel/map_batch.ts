/**
 * Many entries of a map in one system call, or one by one where the kernel has no batches for its type.
 *
 * @module
 */

import { libbpf } from "./ffi/libbpf.ts";
import { checkReturn } from "./gate.ts";
import type { BpfMap } from "./map.ts";

/** All values of an array map, one after the other (bpf_map_lookup_batch). */
export function lookupBatch(map: BpfMap): Uint8Array<ArrayBuffer> {
  const size = map.lookupSize;
  const values = new Uint8Array(map.maxEntries * size);
  const keys = new Uint8Array(map.maxEntries * map.keySize);
  const position = new Uint8Array(map.keySize);
  const count = new Uint32Array([map.maxEntries]);
  // Every array is ours and written before the call returns. -ENOENT says that the end was reached.
  const returned = libbpf().bpf_map_lookup_batch(map.fd, null, position, keys, values, count, null);
  if ((returned === 0 || returned === -2) && count[0] === map.maxEntries) return values;
  if (!hasNoBatches(returned)) checkReturn(returned, call("bpf_map_lookup_batch", "read", map));
  const key = new Uint32Array(1);
  for (let index = 0; index < map.maxEntries; index++) {
    key[0] = index;
    const value = values.subarray(index * size, (index + 1) * size);
    checkReturn(libbpf().bpf_map_lookup_elem(map.fd, key, value), call("bpf_map_lookup_elem", "read", map));
  }
  return values;
}

/** Writes entries (bpf_map_update_batch). The caller has checked that keys and values are whole and equally many. */
export function updateBatch(map: BpfMap, keys: Uint8Array<ArrayBuffer>, values: Uint8Array<ArrayBuffer>): void {
  const entries = keys.length / map.keySize;
  if (entries === 0) return;
  const size = map.lookupSize;
  const count = new Uint32Array([entries]);
  const returned = libbpf().bpf_map_update_batch(map.fd, keys, values, count, null);
  if (returned === 0) return;
  if (!hasNoBatches(returned)) checkReturn(returned, call("bpf_map_update_batch", "write to", map));
  for (let index = 0; index < entries; index++) {
    const key = keys.subarray(index * map.keySize, (index + 1) * map.keySize);
    map.update(key, values.subarray(index * size, (index + 1) * size));
  }
}

/** 524 (ENOTSUPP): not for this map type; EINVAL: the kernel is older than 5.6 and does not know the command. */
function hasNoBatches(returned: number): boolean {
  return returned === -524 || returned === -22 || returned === 0 || returned === -2;
}

function call(operation: string, action: string, map: BpfMap): { operation: string; action: string; target: string } {
  return { operation, action, target: `map "${map.name}"` };
}
