/**
 * Writes the transcripts anew; read the diff before committing it: `deno run -A tests/cli/rewrite.ts [NAME...]`.
 *
 * @module
 */

import { CASES, recordTranscript, transcriptPath } from "./transcript_cases.ts";

for (const one of CASES) {
  if (Deno.args.length > 0 && !Deno.args.includes(one.name)) continue;
  Deno.writeTextFileSync(transcriptPath(one.name), await recordTranscript(one));
}
