/**
 * What libkefir's JSON says by number; src/libkefir.h and src/libkefir_json_save.c of libkefir 0.1.0.
 *
 * @module
 */

import type { Action } from "../model/hooks.ts";
import type { Operator } from "../model/operator.ts";

/** The version that is written: that of libkefir's last sources. */
export const LIBKEFIR_VERSION: readonly number[] = [0, 1, 0];

/** By number: enum kefir_comp_operator. */
export const LIBKEFIR_OPERATORS: readonly Operator[] = ["==", "<", "<=", ">", ">=", "!="];

/** By number: enum kefir_action_code. */
export const LIBKEFIR_ACTIONS: readonly Action[] = ["drop", "pass"];

/** KEFIR_MAX_MATCH_PER_RULE. */
export const LIBKEFIR_MAX_MATCHES = 5;

/** Bytes of a mask; the value is left-aligned in as many. */
export const LIBKEFIR_MASK_BYTES = 16;

/** MATCH_FLAGS_USE_MASK, the only flag: the match has a mask. */
export const LIBKEFIR_USE_MASK = 1;
