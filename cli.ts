/**
 * The command line: `deno run -A cli.ts --help`.
 *
 * @module
 */

import { main } from "./cli/main.ts";

if (import.meta.main) await main(Deno.args);
