/**
 * `kefir detach`: takes filters off.
 *
 * @module
 */

import { Command } from "npm:commander@15.1.0";
import { detach, detachInterface } from "../../mod.ts";
import { UsageError } from "../exit_code.ts";
import { example } from "../options.ts";
import { escapeControls, printLine } from "../output.ts";

interface Options {
  readonly interface?: string;
  readonly dryRun?: true;
}

/** The command. */
export function detachCommand(): Command {
  return new Command("detach")
    .summary("take a filter off")
    .description("Takes a filter off by its name, or all of kefir's off an interface, and nothing else.")
    .argument("[name]", "name of the filter, as kefir list has it")
    .option("--interface <iface>", "take all of kefir's off this interface, by name or number")
    .option("--dry-run", "only say what would be taken off")
    .addHelpText("after", example("kefir detach eth0-xdp"))
    .action(detachFilters);
}

function detachFilters(name: string | undefined, options: Options): void {
  const { dryRun = false, interface: iface } = options;
  if ((name === undefined) === (iface === undefined)) {
    const what = name === undefined ? "neither is given" : "both are given";
    throw new UsageError(`Cannot detach: there should be a name or --interface, ${what}`, "kefir list has the names");
  }
  const detached = iface === undefined ? [detach(name ?? "", { dryRun })] : detachInterface(iface, { dryRun });
  if (detached.length === 0) printLine(`Nothing of kefir's is on ${escapeControls(iface ?? "")}`);
  for (const filter of detached) {
    const from = `${filter.hook} of ${escapeControls(filter.interface)}`;
    printLine(`${dryRun ? "Would detach" : "Detached"} "${filter.name}" from ${from}`);
  }
}
