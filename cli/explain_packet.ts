/**
 * A packet and a filter for people: the headers, the rules that do not hold and why, the verdict.
 *
 * @module
 */

import {
  type ConcreteField,
  dissect,
  type Dissection,
  type DissectOptions,
  evaluate,
  FIELDS,
  type Filter,
  findField,
  formatValue,
  type LayerName,
  LAYERS,
  type Match,
  matchHolds,
  type Packet,
  printMatch,
  readField,
  type Rule,
} from "../mod.ts";
import { escapeControls, outColours, printLine } from "./output.ts";
import { nameRule, paint, ruleText } from "./render_verdicts.ts";
import { formatTable } from "./table.ts";

/** Writes why the filter does what it does with the packet. */
export function explainPacket(filter: Filter, packet: Packet, options: DissectOptions): void {
  const dissection = dissect(packet, options);
  printHeaders(packet, dissection);
  printSlices(filter, dissection);
  printLine();
  const verdict = evaluate(filter, packet, options);
  for (const [index, rule] of filter.rules.entries()) {
    printLine(`${nameRule(filter, index)}  ${ruleText(rule)}`);
    const failed = rule.matches.find((match) => !matchHolds(match, dissection));
    if (failed === undefined) {
      printLine(`  ${outColours.bold(rule.matches.length === 0 ? "holds for every packet" : "holds")}`);
      break;
    }
    printLine(`  no: ${whyNot(failed, rule, dissection)}`);
  }
  const by = verdict.rule === null ? "the default" : nameRule(filter, verdict.rule);
  const after = verdict.rule === null ? 0 : filter.size - verdict.rule - 1;
  printLine();
  printLine(
    `verdict: ${paint(verdict.action)}, by ${by}${after > 0 ? `; the ${after} after it are not looked at` : ""}`,
  );
}

function printHeaders({ bytes }: Packet, dissection: Dissection): void {
  printLine(`packet of ${bytes.length} bytes`);
  for (const [layer, { title }] of Object.entries(LAYERS)) {
    const rows = fieldRows(layer as LayerName, dissection);
    if (rows.length === 0) continue;
    printLine(outColours.bold(title));
    formatTable([{ heading: "" }, { heading: "" }, { heading: "" }], rows).slice(1)
      .forEach((line) => printLine(`  ${line}`));
    if (layer === "ipv6" && dissection.extensions.length > 0) {
      printLine(`  extension headers: ${extensionsOf(dissection)}`);
    }
  }
  if (dissection.end !== undefined) printLine(`dissection ends: ${dissection.end}`);
}

/** The bytes at an offset that rules look at, as far as the packet has them. */
function printSlices(filter: Filter, dissection: Dissection): void {
  const names = new Set([...filter].flatMap(({ matches }) => matches.map(({ field }) => field)));
  const rows = [...names].flatMap((name) => {
    const field = findField(name);
    if (field?.kind !== "concrete" || Object.hasOwn(LAYERS, field.layer)) return [];
    const value = readField(field, dissection);
    return value === undefined ? [] : [[name, formatValue(field, value)]];
  });
  if (rows.length === 0) return;
  printLine(outColours.bold("Bytes that rules look at"));
  formatTable([{ heading: "" }, { heading: "" }], rows).slice(1).forEach((line) => printLine(`  ${line}`));
}

/** A row for each run of bits: its narrowest name, its value, its other names. */
function fieldRows(layer: LayerName, dissection: Dissection): string[][] {
  const byBits = new Map<string, { readonly field: ConcreteField; readonly value: bigint; readonly names: string[] }>();
  for (const field of fieldsOf(layer)) {
    const value = readField(field, dissection);
    if (value === undefined) continue;
    const bits = `${field.offsetBits} ${field.widthBits}`;
    const names = [field.name, ...byBits.get(bits)?.names ?? []];
    byBits.set(bits, { field, value, names });
  }
  return [...byBits.values()].map(({ field, value, names: [name = "", ...others] }) => [
    name,
    formatValue(field, value),
    others.length === 0 ? "" : `(also ${others.join(", ")})`,
  ]);
}

/** The fields of a layer; those below the top of the label stack have no rows of their own. */
function fieldsOf(layer: LayerName): ConcreteField[] {
  const below = /^mpls([2-7])$/.exec(layer);
  const fields = below === null
    ? FIELDS
    : FIELDS.map(({ name }) => findField(name.replace(/^mpls\./, `mpls[${below[1]}].`)));
  return fields.filter((field): field is ConcreteField => field?.kind === "concrete" && field.layer === layer);
}

function extensionsOf({ extensions }: Dissection): string {
  const nextHeader = findField("ipv6.nxt");
  return extensions.map(({ protocol, offsetBytes }) =>
    `${nextHeader ? formatValue(nextHeader, BigInt(protocol)) : protocol} at byte ${offsetBytes}`
  ).join(", ");
}

/** The first match of a rule that does not hold, and what the packet has instead. */
function whyNot(failed: Match, rule: Rule, dissection: Dissection): string {
  const found = valuesOf(failed, dissection);
  const what = found.length === 0
    ? `the packet has no ${failed.field}`
    : found.map(({ field, value }) => `${field.name} is ${formatValue(field, value)}`).join(", ");
  if (rule.matches.length === 1) return what;
  return `${cut(escapeControls(printMatch(failed)))}: ${what}`;
}

function valuesOf(match: Match, dissection: Dissection): { readonly field: ConcreteField; readonly value: bigint }[] {
  const asked = findField(match.field);
  const mixed = match.operand.kind === "set" && match.operand.ipv6Ranges !== undefined;
  const fields = [asked, ...mixed ? [findField(asked?.counterpart ?? "")] : []];
  return fields.flatMap((field) =>
    field === undefined ? [] : field.kind === "concrete" ? [field] : field.sides.map(findField)
  )
    .flatMap((side) => {
      const value = side?.kind === "concrete" ? readField(side, dissection) : undefined;
      return side?.kind === "concrete" && value !== undefined ? [{ field: side, value }] : [];
    });
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
