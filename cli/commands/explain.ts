/**
 * `kefir explain`: why.
 * @module
 */
import { Command } from "npm:commander@15.1.0";
/** The command. */
export function explainCommand(): Command {
  return new Command("explain");
}
