import assert from "node:assert/strict";
import { INCLUDED_TEMPLATES } from "../../lib/codegen/templates.ts";

/** The one place that says what functions and loops are, and the strategy that refuses to do without them. */
const EXEMPT = ["kefir/functions.h", "kefir/tuple.h"];

for (const [name, text] of Object.entries(INCLUDED_TEMPLATES)) {
  if (EXEMPT.includes(name)) continue;
  Deno.test(`${name} leaves it to functions.h how functions are called and loops are made`, () => {
    assert.doesNotMatch(text, /bpf_loop\(|noinline|\bwhile \(|\bgoto\b/);
    for (const [line] of text.matchAll(/^.*\n?^.*\bfor \(.*$/gm)) assert.match(line, /KEFIR_SHORT_LOOP\n/, line);
    // What is neither in line nor left to a macro.
    const functions = text.match(/^(?!static __always_inline|KEFIR_|struct|typedef|#|\s|\/| \*|\}|\{)\w.*\)$/gm) ?? [];
    const own = functions.filter((line) => !/^kefir_\w+\(/.test(line));
    assert.deepEqual(own, []);
  });
}
