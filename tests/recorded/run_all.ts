/**
 * Runs many commands in a network namespace of their own.
 *
 * @module
 */

import { TestNetwork } from "../kernel/support.ts";

/** Runs lines of shell in a directory, in two shells side by side; each line by itself, in any order. */
export function runAll(lines: readonly string[], directory: string): void {
  using network = new TestNetwork();
  const middle = lines.length >> 1;
  const halves = [lines.slice(0, middle), lines.slice(middle)].map((half) => `{\n${half.join("\n")}\n} &\n`);
  Deno.writeTextFileSync(`${directory}/script`, `${halves.join("")}wait\n`);
  const script = new Deno.Command("sh", { args: [`${directory}/script`], cwd: directory, stdout: "null" });
  const { stderr } = network.inside(() => script.outputSync());
  if (stderr.length > 0) throw new Error(new TextDecoder().decode(stderr));
}
