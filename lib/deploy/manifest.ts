/**
 * Manifests: what a deployment says about itself, in a map that is pinned beside its program.
 *
 * @module
 */

import type { StrategyName } from "../classify/plan.ts";
import { UnavailableError } from "../diagnostics/errors.ts";
import type { BpfMap } from "../kernel/map.ts";
import type { XdpMode } from "../kernel/xdp.ts";
import type { ProgramFlags } from "../model/flags.ts";
import { type Action, findHook, type HookName } from "../model/hooks.ts";
import { createTextMap, readTextMap } from "./text_map.ts";

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
  /** SHA-256 of its rules and its default, as the counters know them, hexadecimal. */
  readonly hash: string;
  /** When it was attached or replaced, ISO 8601. */
  readonly attachedAt: string;
  /** Number of rules. */
  readonly rules: number;
  /** What happens to a packet that no rule holds for. */
  readonly defaultAction: Action;
  /** Whether its rules count; absent where they do. */
  readonly counts?: false;
  /** Strategies with tables: what it takes to put other ones into the program. */
  readonly tables?: TablesManifest;
}

/** What a deployment says about its tables. */
export interface TablesManifest {
  /** The kernel's number of the map of the tables, by which it is known which of two generations of a program lives. */
  readonly mapId: number;
  /** The plan, as encodePlan() has it. */
  readonly plan: string;
  /** What the filter is called in the C. */
  readonly filterName: string;
  /** XDP: whether the program reads packets in several buffers. */
  readonly frags: boolean;
  /** What the program declares; absent where that is the usual license. */
  readonly license?: string;
  /** How the program differs from the usual one; absent when it does not. */
  readonly flags?: ProgramFlags;
  /** SHA-256 of the C, hexadecimal: other tables are for the same C only. */
  readonly textHash: string;
}

/** Name of the map. */
const MANIFEST_MAP = "kefir_manifest";

/** Layout of the text; a reader refuses those that it does not know. */
const FORMAT = 2;

/** Creates the map of a manifest. */
export function createManifestMap(manifest: Manifest): BpfMap {
  return createTextMap(MANIFEST_MAP, JSON.stringify({ format: FORMAT, ...manifest }));
}

/** A pin that is no manifest which this version reads. */
export interface UnreadableManifest {
  /** What it is instead. */
  readonly unreadable: string;
}

/** Reads the manifest that is pinned at `path`. */
export function readManifest(path: string): Manifest | UnreadableManifest {
  try {
    return decode(JSON.parse(readTextMap(path)));
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

function decode(document: unknown): Manifest | UnreadableManifest {
  const { format, ...rest } = Object(document) as Record<string, unknown>;
  const isKnown = format === FORMAT && typeof rest["programId"] === "number" && typeof rest["ifindex"] === "number" &&
    typeof rest["netns"] === "number" && typeof rest["hook"] === "string" && findHook(rest["hook"]) !== undefined;
  if (!isKnown) return { unreadable: `format ${format} of kefir ${rest["version"]}` };
  // Written by this module, on a file system that only root writes to: the shape is what the format says.
  return rest as unknown as Manifest;
}
