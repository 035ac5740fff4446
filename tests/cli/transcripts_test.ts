import assert from "node:assert/strict";
import { tierTest } from "../judges/tiers.ts";
import { CASES, recordTranscript, transcriptPath } from "./transcript_cases.ts";

for (const one of CASES) {
  tierTest(one.tier ?? "pure", `kefir ${one.args[0] ?? ""} does what transcript ${one.name} says`, async () => {
    assert.equal(await recordTranscript(one), Deno.readTextFileSync(transcriptPath(one.name)));
  });
}

Deno.test("the transcripts have every exit code that needs no attachment", () => {
  const codes = new Set(
    CASES.map(({ name }) => /^exit code (\d+)$/m.exec(Deno.readTextFileSync(transcriptPath(name)))?.[1]),
  );
  // 6 and 7 are in attach_test.ts and test_test.ts.
  assert.deepEqual([...codes].map(Number).sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 70]);
});

Deno.test("every transcript is of a case", () => {
  const files = [...Deno.readDirSync(new URL("./transcripts/", import.meta.url))].map(({ name }) => name).sort();
  assert.deepEqual(files, CASES.map(({ name }) => `${name}.txt`).sort());
});
