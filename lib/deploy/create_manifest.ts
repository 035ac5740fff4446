/**
 * What a deployment is going to say about itself.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isTablePlan } from "../classify/plan.ts";
import { encodePlan } from "../classify/plan_text.ts";
import type { Cprog } from "../cprog.ts";
import { counterKeys } from "../model/counter_keys.ts";
import { DEFAULT_LICENSE } from "../model/license.ts";
import { VERSION } from "../version.ts";
import type { AttachmentTarget } from "./attach.ts";
import type { Manifest, TablesManifest } from "./manifest.ts";

/** What the kernel calls the parts of a program. */
export interface ProgramIds {
  readonly programId: number;
  /** Number of the map of its tables, of strategies that have tables. */
  readonly tablesId: number | undefined;
}

/** The manifest of a program at a place. */
export function createManifest(cprog: Cprog, { name, place }: AttachmentTarget, ids: ProgramIds): Manifest {
  const { filter, plan } = cprog;
  const tables = ids.tablesId === undefined ? undefined : createTablesManifest(cprog, ids.tablesId);
  return {
    ...place,
    name,
    programId: ids.programId,
    strategy: plan.strategy,
    version: VERSION,
    hash: hashOfText(JSON.stringify(counterKeys(filter))),
    attachedAt: new Date().toISOString(),
    rules: filter.size,
    defaultAction: filter.defaultAction,
    ...(!cprog.counts && { counts: false as const }),
    ...(tables !== undefined && { tables }),
  };
}

/** SHA-256, hexadecimal. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A plan that has much to say beside its tables is of no use for others: they are then loaded anew. */
const LONGEST_PLAN = 1 << 18;

function createTablesManifest(
  { name, plan, frags, license, flags, text }: Cprog,
  mapId: number,
): TablesManifest | undefined {
  if (!isTablePlan(plan)) return undefined;
  const encoded = encodePlan(plan);
  if (encoded.length > LONGEST_PLAN) return undefined;
  const program = { filterName: name, frags, flags, ...(license !== DEFAULT_LICENSE && { license }) };
  return { mapId, plan: encoded, ...program, textHash: hashOfText(text) };
}
