/**
 * Everything that is checked about a filter before it becomes a program, in order. Checks report and never throw.
 *
 * @module
 */

import { logDiagnostics, logOf } from "../diagnostics/log.ts";
import { createFilter, type Filter, type FilterInput } from "../model/filter.ts";
import type { Lint } from "../model/problem.ts";
import { checkAnyFields } from "./any_fields.ts";
import { checkHolds } from "./holds.ts";
import { checkLists } from "./lists.ts";
import { checkNames } from "./names.ts";
import { checkReached } from "./reached.ts";
import { type Region, regionOf } from "./region.ts";

/** A check: what it has to say about the whole filter, whose rules have these regions. */
export type Check = (filter: Filter, regions: readonly Region[]) => readonly Lint[];

/** The checks that only warn; they need every list resolved. */
const WARNINGS: readonly Check[] = [checkHolds, checkReached, checkAnyFields];

const log = logOf("analysis");

/** Every finding about a filter: errors refuse it, warnings do not. */
export function checkFilter(input: FilterInput): readonly Lint[] {
  const filter = createFilter(input);
  const found = findAll(filter);
  logDiagnostics(log, found);
  log.debug(`checked ${filter.size} rules: ${found.length} findings`);
  return found;
}

function findAll(filter: Filter): readonly Lint[] {
  const unresolved = checkLists(filter);
  if (unresolved.length > 0) return unresolved;
  const regions = filter.rules.map(regionOf);
  return [...checkNames(filter), ...WARNINGS.flatMap((check) => check(filter, regions))];
}

/** The findings that refuse a filter. */
export function checkErrors(filter: Filter): readonly Lint[] {
  const unresolved = checkLists(filter);
  return unresolved.length > 0 ? unresolved : checkNames(filter);
}
