/**
 * SYNTAXES: every way to write rules, once. A further syntax is a file and a row here.
 *
 * @module
 */

import { CLASSBENCH } from "./classbench.ts";
import { ETHTOOL } from "./ethtool.ts";
import { JSON_SYNTAX } from "./json.ts";
import { KEFIR } from "./kefir.ts";
import { TC_FLOWER } from "./tc_flower.ts";
import { LIBKEFIR } from "./libkefir.ts";
import type { Syntax, SyntaxName } from "./syntax.ts";

/** The rows, in the order in which they are tried on a statement. */
export const SYNTAXES: readonly Syntax[] = Object.freeze([
  KEFIR,
  ETHTOOL,
  TC_FLOWER,
  CLASSBENCH,
  LIBKEFIR,
  JSON_SYNTAX,
]);

/** The row of that name, or undefined. */
export function findSyntax(name: string): Syntax | undefined {
  return SYNTAXES.find((syntax) => syntax.name === name);
}

/**
 * The row of that name.
 *
 * @throws RangeError when there is none
 */
export function syntaxNamed(name: SyntaxName): Syntax {
  const syntax = findSyntax(name);
  if (syntax !== undefined) return syntax;
  const names = SYNTAXES.map((one) => one.name).join(", ");
  throw new RangeError(`Cannot use the syntax ${JSON.stringify(name)}: it should be one of ${names}`);
}
