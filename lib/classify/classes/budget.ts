/**
 * What a build may take, and why there are no tables when it takes more.
 *
 * @module
 */

/** Bounds of a build; see LIMITS. */
export interface ClassBudget {
  /** Classes of one table. */
  readonly classes: number;
  /** Entries of all tables. */
  readonly entries: number;
}

/** Words of row sets that may still be gone through: the same on every machine, unlike time. Below zero, a build gives up. */
export interface Work {
  left: number;
}

/** Why there are no tables. */
export type ClassRefusal = "too-many-classes" | "tables-too-large" | "too-much-work";
