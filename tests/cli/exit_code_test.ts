import assert from "node:assert/strict";
import { exitCodeOf } from "../../cli/exit_code.ts";

Deno.test("exitCodeOf() takes the library's refusals of options as usage, and other RangeErrors as bugs", () => {
  assert.equal(exitCodeOf(new RangeError('Cannot use the name "a b": names are 1 to 63 of A-Z a-z 0-9 _ -')), 1);
  assert.equal(exitCodeOf(new RangeError("Maximum call stack size exceeded")), 70);
  assert.equal(exitCodeOf(new TypeError("x is not a function")), 70);
  assert.equal(exitCodeOf("thrown text"), 70);
});

Deno.test("exitCodeOf() takes a permission that Deno was not given as something missing", () => {
  assert.equal(exitCodeOf(new Deno.errors.NotCapable("Requires read access")), 5);
});
