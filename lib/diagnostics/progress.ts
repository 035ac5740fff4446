/**
 * How far something is that takes a while.
 *
 * @module
 */

/** How far it is. */
export interface Progress {
  /** What is being done, such as `reading rules.kefir`. */
  readonly what: string;
  /** How much of it is done: from 0 to `total`, ascending. */
  readonly done: number;
  /** How much there is; the unit depends on what is done. */
  readonly total: number;
}

/** Is told how far it is, now and then: often enough for a bar, seldom enough to cost nothing. */
export type OnProgress = (progress: Progress) => void;

/** A function that passes on each `every`th of its calls, with how much is done. */
export function everyFew(
  onProgress: OnProgress | undefined,
  { what, total, every = 1024 }: { readonly what: string; readonly total: number; readonly every?: number },
): (done: number) => void {
  if (onProgress === undefined) return () => {};
  let calls = 0;
  return (done) => {
    if (++calls % every === 0) onProgress({ what, done, total });
  };
}
