/**
 * Plans of strategies with tables as text, without the tables: enough to give other rules to a program that another process
 * loaded.
 *
 * @module
 */

import { findPlace, type Place } from "../model/places.ts";
import type { ClassesPlan, TuplePlan } from "./plan.ts";

/** A plan as text. Where its counters are is left out too: that depends on the rules. */
export function encodePlan(plan: ClassesPlan | TuplePlan): string {
  const { tables, counters, ...rest } = plan;
  return JSON.stringify({ ...rest, tableBytes: tables.length, capacityOfCounters: counters.capacity }, encodeValue);
}

/** A plan from its text, its tables all zero and without places of counters; undefined when the text is no plan. */
export function decodePlan(text: string): ClassesPlan | TuplePlan | undefined {
  const { tableBytes, capacityOfCounters, ...rest } = JSON.parse(text, decodeValue);
  if (typeof tableBytes !== "number" || typeof capacityOfCounters !== "number") return undefined;
  // Written by encodePlan(), as the rest of a manifest.
  return { ...rest, tables: new Uint8Array(tableBytes), counters: { indexes: [], capacity: capacityOfCounters } };
}

/** Places are known by their name: plans compare them by identity. */
function encodeValue(_key: string, value: unknown): unknown {
  if (value instanceof Set) return { $set: [...value] };
  if (value instanceof Map) return { $map: [...value] };
  if (typeof value === "bigint") return { $bigint: value.toString() };
  if (isPlace(value)) return { $place: value.name };
  return value;
}

function decodeValue(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$set" in value) return new Set(value.$set as unknown[]);
  if ("$map" in value) return new Map(value.$map as [unknown, unknown][]);
  if ("$bigint" in value) return BigInt(value.$bigint as string);
  if ("$place" in value) return findPlace(value.$place as string);
  return value;
}

function isPlace(value: unknown): value is Place {
  return typeof value === "object" && value !== null && "name" in value && findPlace(String(value.name)) === value;
}
