/**
 * Packets that show what warnings are about, for people and as JSON.
 *
 * @module
 */

import { type Example, exampleOf, type Filter, type Lint, printMatch } from "../mod.ts";
import { errColours, escapeControls } from "./output.ts";

/** So many warnings of one code come with a packet: a hundred thousand like them need no more. */
const MOST_OF_A_CODE = 20;

/** A longer frame is not printed. */
const MOST_BYTES = 256;

/** A diagnostic, and the packet that shows what it is about, where there is one. */
export interface Illustrated {
  readonly diagnostic: Lint;
  readonly example?: Example;
}

/** Finds packets for the first warnings of each code. */
export function illustrate(diagnostics: readonly Lint[], filter: Filter | undefined): readonly Illustrated[] {
  const counts = new Map<string, number>();
  return diagnostics.map((diagnostic) => {
    const count = counts.get(diagnostic.code) ?? 0;
    const example = filter === undefined || count >= MOST_OF_A_CODE ? undefined : exampleOf(diagnostic, filter);
    if (example === undefined) return { diagnostic };
    counts.set(diagnostic.code, count + 1);
    return { diagnostic, example };
  });
}

/** A packet as lines under its diagnostic:
 *
 *       packet: IPv4 TCP 10.0.0.1:0 > 0.0.0.0:0
 *               read as ip.src == 10.0.0.0/8 the rule drops it; as it is, it does not hold
 *               020000000002020000000001080045000028...
 */
export function renderExample({ description, bytes, ...example }: Example, warning: Lint, filter: Filter): string {
  const pad = " ".repeat("  packet: ".length);
  return [
    `  ${errColours.cyan("packet")}: ${escapeControls(description)}`,
    pad + escapeControls(sayExample(example, warning, filter)),
    pad + errColours.dim(bytes.length <= MOST_BYTES ? bytes.toHex() : `${bytes.length} bytes, which --json has`),
  ].join("\n");
}

/** What is said of a packet in JSON: its bytes, the rule that one may expect to hold, and the one that holds. */
export function describeExample({ description, bytes, expected, found }: Example, { reading }: Lint): unknown {
  return {
    description,
    packet: bytes.toHex(),
    ...(reading && { reading: printMatch(reading) }),
    expected,
    found,
  };
}

function sayExample(
  { expected, found }: Pick<Example, "expected" | "found">,
  { rule, reading }: Lint,
  filter: Filter,
): string {
  const action = (index: number) => `${filter.at(index)?.action === "drop" ? "drops" : "passes"} it`;
  if (found !== null && found !== rule) {
    const line = filter.at(found)?.source?.line;
    return `rule ${found}${line === undefined ? "" : ` (line ${line})`} ${action(found)}, and this one is not asked`;
  }
  const [expects, is] = [expected, found].map((index) => index === null ? "does not hold" : action(index));
  if (reading === null) return `one may think that the rule ${expects}; as it is, it ${is}`;
  if (reading) return `read as ${printMatch(reading)} the rule ${expects}; as it is, it ${is}`;
  if (found === null) return "not all of the rule's matches hold, as for every packet";
  return `the rule ${is}, though neither side has all that it asks for`;
}
