/**
 * Every judge there is.
 *
 * @module
 */

import type { Judge } from "./judge.ts";
import { KERNEL_JUDGE } from "./kernel.ts";
import { MODEL_JUDGE } from "./model.ts";
import { NATIVE_JUDGE } from "./native.ts";

/** The judges, the one that defines first. */
export const JUDGES: readonly Judge[] = [MODEL_JUDGE, NATIVE_JUDGE, KERNEL_JUDGE];
