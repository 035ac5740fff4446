/**
 * The tables of docs/syntax-tc-flower.md, from the tables that the parser reads.
 *
 * @module
 */

import { FLOWER_ACTIONS, OTHER_ACTIONS } from "../../lib/syntax/tc_flower_action.ts";
import { FLOWER_FORMS, type FlowerFormName } from "../../lib/syntax/tc_flower_forms.ts";
import {
  fieldsOfKeyword,
  FLOWER_KEYWORDS,
  FLOWER_NEEDS,
  type FlowerKeyword,
  type FlowerLevel,
  type FlowerMatchKeyword,
} from "../../lib/syntax/tc_flower_keywords.ts";
import { FLOWER_OPTIONS, type FlowerOptionsName } from "../../lib/syntax/tc_flower_options.ts";
import { markdownTable } from "./markdown.ts";

/** The tables by name. */
export const TC_FLOWER_TABLES: Readonly<Record<string, () => string>> = {
  "tc-flower-command": () => keywordTable(["command"]),
  "tc-flower-keys": () => keywordTable(["key", "lse", "cfm"]),
  "tc-flower-after-action": () => keywordTable(["action"]),
  "tc-flower-actions": actionTable,
  "tc-flower-values": valueTable,
};

const HEADER = ["keyword", "class", "value", "what it says, or why it does not", "field", "needs", "libkefir"];

function keywordTable(levels: readonly FlowerLevel[]): string {
  const rows = levels.flatMap((level) => FLOWER_KEYWORDS.filter((row) => row.level === level));
  const cells = rows.map(cellsOf);
  // A column that no row has anything in is left out.
  const used = HEADER.map((_, column) => cells.some((row) => row[column] !== ""));
  const keep = (row: readonly string[]) => row.filter((_, column) => used[column]);
  return markdownTable(keep(HEADER), cells.map(keep));
}

function cellsOf(row: FlowerKeyword): string[] {
  const within = row.level === "lse" && row.name !== "lse" ? "lse … " : row.level === "cfm" ? "cfm … " : "";
  const names = [row.name, ...row.aliases ?? []].map((name) => code(within + name)).join(" ");
  switch (row.class) {
    case "match":
      return [
        names,
        "match",
        code(written(row)),
        row.meaning,
        fieldNames(row).map(code).join(" "),
        row.needs === undefined ? "" : FLOWER_NEEDS[row.needs].said,
        row.name === "action" || row.value === "parts" || row.level !== "key" && row.name !== "protocol"
          ? row.libkefir ?? ""
          : row.libkefir ?? "not there",
      ];
    case "order":
      return [names, "order", code("N"), row.meaning, "", "", ""];
    case "ignored":
      return [names, "ignored", code("X ".repeat(row.words).trim()), row.reason, "", "", ""];
    case "refused":
      return [names, "refused", code("X ".repeat(row.words).trim()), because(row), "", "", ""];
  }
}

function because({ reason, hint }: { readonly reason: string; readonly hint?: string }): string {
  return hint === undefined ? reason : `${reason}: ${hint}`;
}

function written({ value }: FlowerMatchKeyword): string {
  if (value === "parts") return "";
  if (value === "depth") return "N";
  if (value === "protocol") return "TYPE or all";
  return formOf(value).written;
}

/** The way to read a value; that of `protocol` is an Ethernet type's, or `all`. */
function formName({ value }: FlowerMatchKeyword): string {
  return value === "protocol" ? "etherType" : value;
}

function formOf(value: string): { readonly written: string; readonly reads: string } {
  return FLOWER_FORMS[value as FlowerFormName] ?? FLOWER_OPTIONS[value as FlowerOptionsName];
}

function fieldNames(row: FlowerMatchKeyword): readonly string[] {
  if (row.value === "depth") return [];
  if (Object.hasOwn(FLOWER_OPTIONS, row.value)) return FLOWER_OPTIONS[row.value as FlowerOptionsName].fields;
  if (row.name === "protocol") return ["eth.type", "svlan.tpid"];
  if (typeof row.field === "object" && "entry" in row.field) {
    return [`mpls.${row.field.entry}`, `mpls[N].${row.field.entry}`];
  }
  return row.value === "ipProtocol" ? [...fieldsOfKeyword(row), "ah.spi"] : fieldsOfKeyword(row);
}

function actionTable(): string {
  const rows = FLOWER_ACTIONS.map(({ name, action, meaning }) => [
    code(name),
    action === undefined ? "refused" : action,
    meaning,
  ]);
  const others = OTHER_ACTIONS.map(code).join(" ");
  return markdownTable(["action", "class", "what it does in tc"], [
    ...rows,
    [others, "refused", "do something other than decide"],
  ]);
}

/** How each value is read, with the keywords that have it. */
function valueTable(): string {
  const forms = [...Object.entries(FLOWER_FORMS), ...Object.entries(FLOWER_OPTIONS)];
  return markdownTable(
    ["value", "how tc reads it", "of"],
    forms.map(([value, { written, reads }]) => [
      code(written),
      reads,
      FLOWER_KEYWORDS.filter((row) => row.class === "match" && formName(row) === value).map(({ name }) => code(name))
        .join(" "),
    ]),
  );
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}
