/**
 * Plans of strategies with tables as text, without the tables: enough to give other rules to a program that another process
 * loaded.
 *
 * @module
 */

import { findPlace, type Place } from "../model/places.ts";
import type { ClassesPlan, TuplePlan } from "./plan.ts";
import { derivedPlace } from "./sets/lookup.ts";

/** A plan as text: what the program depends on, and not the rules. */
export function encodePlan(plan: ClassesPlan | TuplePlan): string {
  const shape = Object.fromEntries(Object.entries(plan).filter(([part]) => SHAPE.has(part)));
  return JSON.stringify({ ...shape, counters: { indexes: [], capacity: plan.counters.capacity } }, encodeValue);
}

/** What of a plan does not depend on its rules; of tables the length. */
const SHAPE: ReadonlySet<string> = new Set([
  ...["strategy", "reason", "demand", "sets", "tables", "mask", "capacity", "facts"],
  ...["steps", "generationAt"], // of classes
  ...["layout", "format"], // of tuple
]);

/**
 * A plan from its text, its tables all zero and without rules and places of counters: it can be followed by another, not
 * edited.
 *
 * @throws SyntaxError when it is no JSON. What is no plan may come out as one: the text is to be trusted
 */
export function decodePlan(text: string): ClassesPlan | TuplePlan {
  return JSON.parse(text, decodeValue);
}

/** Places are known by their name, as plans compare them by identity; of tables only the length is kept. */
function encodeValue(_key: string, value: unknown): unknown {
  if (value instanceof Set) return { $set: [...value] };
  if (value instanceof Map) return { $map: [...value] };
  if (ArrayBuffer.isView(value)) return { $bytes: value.byteLength };
  if (typeof value === "bigint") return { $bigint: value.toString() };
  if (isPlace(value)) return { $place: [value.name, value.layer] };
  return value;
}

function decodeValue(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$set" in value) return new Set(value.$set as unknown[]);
  if ("$map" in value) return new Map(value.$map as [unknown, unknown][]);
  if ("$bytes" in value) return new Uint8Array(value.$bytes as number);
  if ("$bigint" in value) return BigInt(value.$bigint as string);
  if ("$place" in value) return decodePlace(value.$place as [string, Place["layer"]]);
  return value;
}

function isPlace(value: unknown): value is Place {
  return typeof value === "object" && value !== null && "name" in value && "layer" in value && "widthBits" in value;
}

/** A place of FIELDS, or one that a set is looked up for. */
function decodePlace([name, layer]: readonly [string, Place["layer"]]): Place {
  return findPlace(name) ?? derivedPlace(name, { name, layer, offsetBits: 0, widthBits: 0 });
}
