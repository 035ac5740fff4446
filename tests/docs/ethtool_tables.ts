/**
 * The tables of docs/syntax-ethtool.md, from the tables that the parser reads.
 *
 * @module
 */

import { fieldNamed } from "../../lib/model/fields.ts";
import { isAddress } from "../../lib/model/value_text.ts";
import { printKefirMatch } from "../../lib/syntax/kefir_print.ts";
import {
  ETHTOOL_KEYWORDS,
  ETHTOOL_OTHERS,
  type EthtoolKeyword,
  type EthtoolKeywordKind,
  FLOW_TYPES,
  type FlowTypeName,
} from "../../lib/syntax/ethtool_keywords.ts";
import { markdownTable } from "./markdown.ts";

/** The tables by name. */
export const ETHTOOL_TABLES: Readonly<Record<string, () => string>> = {
  "ethtool-flow-types": flowTypeTable,
  "ethtool-keywords": keywordTable,
  "ethtool-others": otherTable,
};

const CLASSES: Readonly<Record<EthtoolKeywordKind, string>> = {
  match: "match",
  action: "action",
  location: "order",
  refused: "refused",
};

function flowTypeTable(): string {
  return markdownTable(
    ["flow type", "what it says by itself", "keywords besides `vlan-etype` `vlan` `user-def`"],
    FLOW_TYPES.map(({ name, implied, fields }) => [
      code(name),
      implied.map((match) => code(printKefirMatch(match))).join(" ") || "nothing",
      [...fields.keys()].filter((keyword) => !["vlan-etype", "vlan", "user-def"].includes(keyword)).map(code).join(" "),
    ]),
  );
}

function keywordTable(): string {
  const rows = ETHTOOL_KEYWORDS.filter(({ kind }) => kind === "match").map((keyword) => [
    code(keyword.name),
    valuesOf(keyword),
    keyword.meaning,
    fieldsOf(keyword),
    keyword.libkefir,
    keyword.card,
  ]);
  return markdownTable(["keyword", "value", "what it says", "field", "libkefir", "a card"], rows);
}

function otherTable(): string {
  const inRules = ETHTOOL_KEYWORDS.filter(({ kind }) => kind !== "match");
  const rows = [...inRules, ...ETHTOOL_OTHERS].map(({ name, kind, meaning, libkefir }) => [
    code(name),
    CLASSES[kind],
    meaning,
    libkefir,
  ]);
  return markdownTable(["keyword", "class", "what it says", "libkefir"], rows);
}

/** How a value is written: each form that some flow type has. */
function valuesOf({ fields }: EthtoolKeyword): string {
  const forms = Object.values(fields).map((name) => {
    const { format, widthBits } = fieldNamed(name);
    if (!isAddress(format)) return `number, ${widthBits} bits`;
    return { mac: "MAC address", ipv4: "IPv4 address", ipv6: "IPv6 address" }[format as "mac" | "ipv4" | "ipv6"];
  });
  return [...new Set(forms)].join(" or ");
}

/** The fields, each with the flow types that give it when not all give the same. */
function fieldsOf({ fields }: EthtoolKeyword): string {
  const byField = Map.groupBy(Object.entries(fields) as [FlowTypeName, string][], ([, field]) => field);
  if (byField.size === 1) return code([...byField.keys()].join());
  return [...byField].map(([field, types]) => `${code(field)} (${types.map(([name]) => name).join(" ")})`).join(", ");
}

function code(text: string): string {
  return `\`${text}\``;
}
