import assert from "node:assert/strict";
import { UnavailableError } from "../../../lib/diagnostics/errors.ts";
import { openLibrary } from "../../../lib/kernel/ffi/library.ts";

const NEED = { neededBy: "testing", remedy: "apt-get install -y it" };

Deno.test("openLibrary() says how to get a library that is not there", () => {
  assert.throws(() => openLibrary("libnope.so.9", {}, NEED), (error: UnavailableError) => {
    assert.ok(error instanceof UnavailableError);
    assert.equal(
      error.message,
      `Cannot open "libnope.so.9": the library is not there, testing needs it (apt-get install -y it)`,
    );
    assert.deepEqual([error.missing, error.neededBy, error.remedy], ["libnope", "testing", "apt-get install -y it"]);
    return true;
  });
});

Deno.test("openLibrary() names the function that a library is too old for", () => {
  const symbols = { bpf_from_the_future: { parameters: [], result: "i32" } } as const;
  assert.throws(
    () => openLibrary("libc.so.6", symbols, NEED),
    /^UnavailableError: Cannot open "libc.so.6": the library is too old, it lacks bpf_from_the_future, which testing/,
  );
});
