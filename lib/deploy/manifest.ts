/**
 * Manifests: what a deployment says about itself, in a map that is pinned beside its program.
 *
 * @module
 */

import type { StrategyName } from "../classify/plan.ts";
import { createMap, openPinnedMap, u32Bytes } from "../kernel/map.ts";
import type { BpfMap } from "../kernel/map.ts";
import type { XdpMode } from "../kernel/xdp.ts";
import type { Filter } from "../model/filter.ts";
import { findHook, type HookName } from "../model/hooks.ts";
import { printFilter } from "../syntax/print.ts";
import { parseFilter } from "../syntax/rule_file.ts";

/** By what a program is held at its hook. */
export type AttachmentKind = "xdp" | "tcx" | "clsact";

/** Where a program is attached. */
export interface AttachmentPlace {
  readonly interface: string;
  readonly ifindex: number;
  /** Inode number of the network namespace. */
  readonly netns: number;
  readonly hook: HookName;
  readonly kind: AttachmentKind;
  /** XDP only. */
  readonly mode?: XdpMode;
  /** clsact only: whether kefir made the qdisc, and so removes it. */
  readonly createdQdisc?: boolean;
}

/** What a deployment says about itself. */
export interface Manifest extends AttachmentPlace {
  readonly name: string;
  readonly strategy: StrategyName;
  /** kefir's version that made it. */
  readonly version: string;
  /** SHA-256 of the filter in kefir's JSON, hexadecimal. */
  readonly hash: string;
  /** When it was attached or replaced, ISO 8601. */
  readonly attachedAt: string;
  readonly filter: Filter;
}

/** Name of the map, and of its pin. */
const MANIFEST_MAP = "kefir_manifest";

/** Layout of the text; a reader refuses those that it does not know. */
const FORMAT = 1;

/** Creates the map of a manifest, a little larger than its text, so that {@link rewriteManifest} has room. */
export function createManifestMap(manifest: Manifest): BpfMap {
  const text = encode(manifest);
  const valueSize = Math.ceil((text.length + 256) / 8) * 8;
  const map = createMap({ type: "array", name: MANIFEST_MAP, keySize: 4, valueSize, maxEntries: 1 });
  try {
    write(map, text);
    return map;
  } catch (error) {
    map[Symbol.dispose]();
    throw error;
  }
}

/** Puts a manifest that says more into the same map. */
export function rewriteManifest(map: BpfMap, manifest: Manifest): void {
  write(map, encode(manifest));
}

/** Reads the manifest that is pinned at `path`; undefined when it is none that this version reads. */
export function readManifest(path: string): Manifest | undefined {
  using map = openPinnedMap(path);
  const value = map.lookup(u32Bytes(0));
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  try {
    return decode(JSON.parse(new TextDecoder().decode(end < 0 ? value : value.subarray(0, end))));
  } catch {
    return undefined;
  }
}

function encode(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const { filter, ...rest } = manifest;
  const document = { format: FORMAT, ...rest, filter: JSON.parse(printFilter(filter, "json")) };
  return new TextEncoder().encode(JSON.stringify(document));
}

function write(map: BpfMap, text: Uint8Array<ArrayBuffer>): void {
  const value = new Uint8Array(map.valueSize);
  value.set(text);
  map.update(u32Bytes(0), value);
}

function decode(document: unknown): Manifest | undefined {
  if (typeof document !== "object" || document === null || !("format" in document)) return undefined;
  const { format, filter, ...rest } = document as Record<string, unknown>;
  if (format !== FORMAT || typeof rest["hook"] !== "string" || findHook(rest["hook"]) === undefined) return undefined;
  // Written by this module, on a file system that only root writes to: the shape is what the format says.
  return { ...rest as unknown as Manifest, filter: parseFilter(JSON.stringify(filter), { syntax: "json" }).filter };
}
