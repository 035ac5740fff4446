/**
 * Tests that run the real tools: named skips where they cannot.
 *
 * @module
 */

import { run } from "../kernel/support.ts";
import { readFixture } from "./fixture.ts";
import { ethtoolVersion } from "./record_ethtool.ts";
import { LATER_TC, tcVersion } from "./record_tc.ts";

/** The fixtures, the version of the tool that is here, and what KEFIR_REQUIRE lists where it may not be missing. */
const FIXTURES = {
  "tc_flower.jsonl": { version: () => tcVersion(), needs: "strace" },
  "tc_flower_later.jsonl": { version: () => tcVersion(LATER_TC), needs: "tc-6.15" },
  "ethtool.jsonl": { version: ethtoolVersion, needs: "strace" },
} as const;

/** Name of a fixture. */
export type FixtureName = keyof typeof FIXTURES;

/** A test that needs the tool of a fixture, in the version that was recorded. */
export function recorderTest(title: string, fixture: FixtureName, body: () => void): void {
  const { needs } = FIXTURES[fixture];
  const isRequired = (Deno.env.get("KEFIR_REQUIRE") ?? "").split(",").includes(needs);
  const reason = isRequired ? undefined : whyNot(fixture);
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: body,
  });
}

function whyNot(fixture: FixtureName): string | undefined {
  if (Deno.uid() !== 0) return "only root makes network namespaces";
  try {
    for (const tool of ["strace", "clang"]) run(tool, ["--version"]);
    const [here, recorded] = [FIXTURES[fixture].version(), readFixture(fixture).tool];
    return here === recorded ? undefined : `the tool is ${here}, not ${recorded}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
