/**
 * Manifests: what a deployment says about itself, in a map that is pinned beside its program.
 *
 * @module
 */

import type { CounterPlaces } from "../classify/counters.ts";
import type { StrategyName } from "../classify/plan.ts";
import { UnavailableError } from "../diagnostics/errors.ts";
import { createMap, openPinnedMap } from "../kernel/map.ts";
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
  /** clsact only: whether kefir makes the qdisc, and so removes it when no filter is left in it. */
  readonly createdQdisc?: boolean;
}

/** What a deployment says about itself. */
export interface Manifest extends AttachmentPlace {
  readonly name: string;
  /** The kernel's number of the program. Numbers are given again only after 2^31 programs. */
  readonly programId: number;
  /** Number of the program that this one replaced, whose counts it carries on. */
  readonly replaces?: number;
  readonly strategy: StrategyName;
  /** kefir's version that made it. */
  readonly version: string;
  /** SHA-256 of the filter in kefir's JSON, hexadecimal. */
  readonly hash: string;
  /** When it was attached or replaced, ISO 8601. */
  readonly attachedAt: string;
  readonly filter: Filter;
  /** Where its rules count. */
  readonly counters: CounterPlaces;
}

/** Name of the map, and of its pin. */
const MANIFEST_MAP = "kefir_manifest";

/** Layout of the text; a reader refuses those that it does not know. */
const FORMAT = 1;

/** Where values end at KMALLOC_MAX_SIZE, 4 MB (kernel/bpf/arraymap.c), a long text does not: it goes on in the next entry. */
const LONGEST_VALUE = 1 << 16;

/** Creates the map of a manifest. */
export function createManifestMap(manifest: Manifest): BpfMap {
  const text = encode(manifest);
  // A zero ends the text.
  const valueSize = Math.min(Math.ceil((text.length + 1) / 8) * 8, LONGEST_VALUE);
  const maxEntries = Math.ceil((text.length + 1) / valueSize);
  const map = createMap({ type: "array", name: MANIFEST_MAP, keySize: 4, valueSize, maxEntries });
  try {
    const values = new Uint8Array(maxEntries * valueSize);
    values.set(text);
    map.writeAll(values);
    return map;
  } catch (error) {
    map[Symbol.dispose]();
    throw error;
  }
}

/** A pin that is no manifest which this version reads. */
export interface UnreadableManifest {
  /** What it is instead. */
  readonly unreadable: string;
}

/** Reads the manifest that is pinned at `path`. */
export function readManifest(path: string): Manifest | UnreadableManifest {
  try {
    using map = openPinnedMap(path);
    const text = map.readAll();
    const end = text.indexOf(0);
    return decode(JSON.parse(new TextDecoder().decode(end < 0 ? text : text.subarray(0, end))));
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

function encode(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const { filter, ...rest } = manifest;
  const document = { format: FORMAT, ...rest, filter: JSON.parse(printFilter(filter, "json")) };
  return new TextEncoder().encode(JSON.stringify(document));
}

function decode(document: unknown): Manifest | UnreadableManifest {
  const { format, filter, ...rest } = Object(document) as Record<string, unknown>;
  const isKnown = format === FORMAT && typeof rest["programId"] === "number" && typeof rest["ifindex"] === "number" &&
    typeof rest["netns"] === "number" && typeof rest["hook"] === "string" && findHook(rest["hook"]) !== undefined;
  if (!isKnown) return { unreadable: `format ${format} of kefir ${rest["version"]}` };
  // Written by this module, on a file system that only root writes to: the shape is what the format says.
  return { ...rest as unknown as Manifest, filter: parseFilter(JSON.stringify(filter), { syntax: "json" }).filter };
}
