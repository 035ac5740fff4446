/**
 * `--verbose`: kefir's log on standard error.
 *
 * @module
 */

import { type Command, Option } from "npm:commander@15.1.0";
import { type LogEntry, setLog } from "../mod.ts";
import { errColours, escapeControls, printError } from "./output.ts";

/** Gives a command the option, which holds from before its action on. */
export function addVerbose(command: Command): Command {
  return command
    .addOption(
      new Option("-v, --verbose", "say on standard error what is being done; twice (-vv): each step")
        .argParser((_, times: number | undefined) => (times ?? 0) + 1),
    )
    .hook("preAction", (_, action) => {
      const { verbose: times = 0 } = action.opts<{ verbose?: number }>();
      if (times > 0) setLog(printEntry, { level: times > 1 ? "debug" : "info" });
    });
}

function printEntry({ part, message, details }: LogEntry): void {
  // Commands print findings themselves, with the line of the file.
  if ("diagnostic" in details) return;
  for (const line of message.split("\n")) printError(`${errColours.dim(`${part}:`)} ${escapeControls(line)}`);
}
