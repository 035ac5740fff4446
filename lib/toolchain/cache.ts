/**
 * Compiled objects under the hash of all that went into them.
 *
 * An entry is one file, written under another name and renamed: a reader sees all of it or nothing, and any number of
 * processes may write the same one. Nothing here throws: without the cache a compilation is slower, not wrong.
 *
 * @module
 */

import { join } from "node:path";
import { isTrusted } from "./cache_directory.ts";

/** Where an object is kept. */
export interface CacheSlot {
  /** As from `openCacheDirectory`. */
  readonly directory: string;
  /** As from {@link cacheKey}. */
  readonly key: string;
}

/** How large a cache may grow. */
export interface CacheLimits {
  /** How many objects. */
  readonly entries: number;
  /** Their size together, headers included. */
  readonly totalBytes: number;
}

/** An object is some 10 to 100 KB: room for all the filters of a host, and for a developer's day. */
export const CACHE_LIMITS: CacheLimits = { entries: 256, totalBytes: 64 * 1024 * 1024 };

/** An entry: these 8 bytes, 32 of the key, 32 of the sha256 of the object, then the object. */
const MAGIC = new TextEncoder().encode("kefirob1");
const HEADER_BYTES = MAGIC.length + 32 + 32;
/** Longer than any compilation: what a process that was killed left behind. */
const STALE_TEMPORARY_MS = 3_600_000;

/** Hashes the parts of a key: sha256 of their JSON, which keeps the parts apart, as 64 hexadecimal digits. */
export async function cacheKey(parts: readonly unknown[]): Promise<string> {
  return (await sha256(new TextEncoder().encode(JSON.stringify(parts)))).toHex();
}

/** Reads an object and marks it as used; undefined when it is not there, damaged, or could be another user's. */
export async function readEntry(slot: CacheSlot): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = entryPath(slot);
  try {
    const info = await Deno.lstat(path);
    if (!info.isFile || !isTrusted(info)) return undefined;
    const entry = await Deno.readFile(path);
    // A copy: the object then has a buffer of its own, aligned like any other.
    const elf = entry.slice(HEADER_BYTES);
    if (!isEqual(entry.subarray(0, HEADER_BYTES), await encodeHeader(slot.key, elf))) return undefined;
    const now = new Date();
    await Deno.utime(path, now, now).catch(() => {});
    return elf;
  } catch {
    return undefined;
  }
}

/** Writes an object, over a damaged one if need be, and prunes the cache to {@link CACHE_LIMITS}. */
export async function writeEntry(slot: CacheSlot, elf: Uint8Array<ArrayBuffer>): Promise<void> {
  const temporary = join(slot.directory, `${crypto.randomUUID()}.tmp`);
  try {
    const file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    await new Blob([await encodeHeader(slot.key, elf), elf]).stream().pipeTo(file.writable);
    await Deno.rename(temporary, entryPath(slot));
    await pruneCache(slot.directory);
  } catch {
    await Deno.remove(temporary).catch(() => {});
  }
}

/**
 * Removes the objects unused for longest, until the rest keeps within the limits, and temporary files of dead processes.
 * Safe while others read and write: an object that goes is compiled again.
 */
export async function pruneCache(directory: string, limits: CacheLimits = CACHE_LIMITS): Promise<void> {
  const files = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (!/^[0-9a-f]{64}\.o$|^[0-9a-f-]{36}\.tmp$/.test(name)) continue; // not ours to remove
    const info = await Deno.lstat(join(directory, name)).catch(() => undefined);
    if (info !== undefined) files.push({ name, bytes: info.size, usedMs: info.mtime?.getTime() ?? 0 });
  }
  const objects = files.filter(({ name }) => name.endsWith(".o")).sort((a, b) => b.usedMs - a.usedMs);
  let totalBytes = 0;
  const surplus = objects.filter(({ bytes }, index) => {
    totalBytes += bytes;
    return index >= limits.entries || totalBytes > limits.totalBytes;
  });
  const stale = files.filter(({ name, usedMs }) => name.endsWith(".tmp") && usedMs < Date.now() - STALE_TEMPORARY_MS);
  await Promise.all([...surplus, ...stale].map(({ name }) => Deno.remove(join(directory, name)).catch(() => {})));
}

function entryPath(slot: CacheSlot): string {
  return join(slot.directory, `${slot.key}.o`);
}

async function encodeHeader(key: string, elf: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array([...MAGIC, ...Uint8Array.fromHex(key), ...await sha256(elf)]);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
