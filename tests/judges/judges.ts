/**
 * Every judge there is.
 *
 * @module
 */

import type { Judge } from "./judge.ts";
import { MODEL_JUDGE } from "./model.ts";

/** The judges, the one that defines first. */
export const JUDGES: readonly Judge[] = [MODEL_JUDGE];
