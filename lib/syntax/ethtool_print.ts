/**
 * Rules in ethtool's syntax.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Match } from "../model/match.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import { formatValue, isAddress } from "../model/value_text.ts";
import { allOnes } from "../net/bytes.ts";
import { FLOW_TYPES, type FlowType } from "./ethtool_keywords.ts";
import { cannotExpress, isFamilyOpen, sameMatches, simplify, withoutImplied } from "./implied.ts";
import { ruleOf } from "./rule_order.ts";
import { statementOfWords } from "./statement.ts";
import type { Syntax } from "./syntax.ts";

/**
 * The rule as ethtool has it, or why not. `parse` reads it back: only what comes back the same is printed. Numbers are
 * hexadecimal where FIELDS has them so.
 */
export function printEthtoolRule(rule: Rule, parse: Syntax["parseRule"]): string | Problem {
  let reason: string | undefined;
  const matches = rule.matches.map(simplify);
  for (const flowType of FLOW_TYPES) {
    const rest = withoutImplied(matches, flowType.implied);
    if (rest === undefined) continue;
    const words = rest.map((match) => printMatch(match, flowType));
    const problems = words.filter(isProblem);
    if (problems[0] !== undefined) {
      reason ??= problems[0].message;
      continue;
    }
    const all = [
      "flow-type",
      flowType.name,
      ...words.flat() as string[],
      "action",
      rule.action === "drop" ? "-1" : "0",
    ];
    const back = ruleOf(parse(statementOfWords("", all), () => {}));
    if (back !== undefined && sameMatches(back.matches, [...flowType.implied, ...rest])) return all.join(" ");
    reason ??= "a field is matched twice";
  }
  return cannotExpress("ethtool", reason ?? "it has no such flow type", isFamilyOpen(matches));
}

function printMatch(match: Match, flowType: FlowType): string[] | Problem {
  const key = [...flowType.fields].find(([, field]) => field === match.field)?.[0];
  if (key === undefined) return problem("cannot-express", `flow-type ${flowType.name} has no ${match.field}`);
  const { operand, operator } = match;
  if (operator !== "==" || operand.kind !== "value") {
    return problem("cannot-express", `${match.field} ${operator} is more than one value and a mask`);
  }
  if (operand.mask === 0n) return problem("cannot-express", `it cannot ask for ${match.field} alone, without a value`);
  const field = fieldNamed(match.field);
  const value = printValue(field, operand.value);
  if (operand.mask === undefined) return [key, value];
  return [key, value, "m", printValue(field, operand.mask ^ allOnes(field.widthBits))];
}

function printValue(field: Field, value: bigint): string {
  if (isAddress(field.format)) return formatValue(field, value);
  return field.format === "decimal" || field.format === "protocol" ? value.toString() : `0x${value.toString(16)}`;
}
