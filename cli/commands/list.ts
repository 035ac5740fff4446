/**
 * `kefir list`: what kefir has attached on this host.
 *
 * @module
 */

import { Command } from "npm:commander@15.1.0";
import { list } from "../../mod.ts";
import { example } from "../options.ts";
import { escapeControls, printJson, printLine, printLines } from "../output.ts";
import { formatTable } from "../table.ts";

/** The command. */
export function listCommand(): Command {
  return new Command("list")
    .summary("list the attached filters")
    .description("Lists the filters that kefir has attached on this host.")
    .option("--json", "print them as JSON")
    .addHelpText("after", example("kefir list --json"))
    .action(listFilters);
}

const COLUMNS = [
  { heading: "name" },
  { heading: "interface" },
  { heading: "hook" },
  { heading: "kind" },
  { heading: "state" },
  { heading: "strategy" },
  { heading: "rules", isNumber: true },
  { heading: "default" },
  { heading: "program", isNumber: true },
  { heading: "attached at" },
];

function listFilters({ json }: { readonly json?: true }): void {
  const filters = list();
  if (json) return printJson({ filters });
  if (filters.length === 0) return printLine("No filter is attached");
  const rows = filters.map((one) => [
    one.name,
    escapeControls(one.interface),
    one.hook,
    one.mode === undefined ? one.kind : `${one.kind} ${one.mode}`,
    one.state,
    one.strategy,
    String(one.rules),
    one.defaultAction,
    String(one.programId),
    escapeControls(one.attachedAt),
  ]);
  printLines(formatTable(COLUMNS, rows));
}
