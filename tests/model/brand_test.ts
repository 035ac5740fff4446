import assert from "node:assert/strict";
import { createBrand } from "../../lib/model/brand.ts";

Deno.test("createBrand() knows the object that was marked, and neither a copy nor another brand's", () => {
  const brand = createBrand();
  const marked = Object.freeze(brand.mark({ value: 1 }));
  assert.ok(brand.has(marked));
  assert.ok(!brand.has({ ...marked }));
  assert.ok(!brand.has(Object.create(marked)));
  assert.ok(!createBrand().has(marked));
});

Deno.test("createBrand() leaves no trace that one could see", () => {
  const marked = createBrand().mark({ value: 1 });
  assert.deepEqual(marked, { value: 1 });
  assert.deepEqual(Reflect.ownKeys(marked), ["value"]);
  assert.equal(Object.getPrototypeOf(marked), Object.prototype);
});
