/**
 * Fixtures: what a tool did with each rule of a list. JSON in lines: the tool, then each rule.
 *
 * @module
 */

/** A recording. */
export interface Fixture<Recorded> {
  /** The tool's own name and version. */
  readonly tool: string;
  readonly rules: readonly Recorded[];
}

/** The fixture beside this module. */
export function readFixture<Recorded>(name: string): Fixture<Recorded> {
  const text = Deno.readTextFileSync(new URL(name, import.meta.url));
  const [head, ...rules] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return { ...head, rules };
}

/** Writes a fixture beside this module. */
export function writeFixture<Recorded>(name: string, { tool, rules }: Fixture<Recorded>): void {
  const lines = [{ tool }, ...rules].map((one) => `${JSON.stringify(one)}\n`);
  Deno.writeTextFileSync(new URL(name, import.meta.url), lines.join(""));
}
