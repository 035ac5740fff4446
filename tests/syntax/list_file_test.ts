import assert from "node:assert/strict";
import { listReferences, parseList, resolveLists } from "../../lib/syntax/list_file.ts";
import { printFilter } from "../../lib/syntax/print.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { errorsOf, short } from "./findings_of.ts";

Deno.test("parseList() reads values, ranges and prefixes of both families, and comments", () => {
  const text = "# all\r\n10.0.0.1 ; one\r\n\r\n10.0.0.2..10.0.0.9\n  2001:db8::/32 # doc\n;\n10.1.0.0/16";
  const { operand, warnings } = parseList(text, { field: "ip.src" });
  assert.deepEqual(operand, {
    kind: "set",
    ranges: [{ lo: 0x0a000001n, hi: 0x0a000009n }, { lo: 0x0a010000n, hi: 0x0a01ffffn }],
    ipv6Ranges: [{ lo: 0x20010db8n << 96n, hi: (0x20010db9n << 96n) - 1n }],
  });
  assert.equal(warnings.length, 0);
});

Deno.test("parseList() takes an empty text as an empty set", () => {
  assert.deepEqual(parseList("# none\n", { field: "tcp.port" }).operand, { kind: "set", ranges: [] });
});

Deno.test("parseList() reports every error and warning at its place", () => {
  const text = "10.0.0.1/8\nx\n 1.2.3.4 5.6.7.8\n1.2.3.4..1.2.3.3\n1.2.3.4, 5.6.7.8\n::1";
  assert.deepEqual(errorsOf(() => parseList(text, { field: "ip.src", mask: 0xffn })), [
    "2:1+1 bad-value",
    "3:9+8 unexpected-word",
    "4:1+16 reversed-range",
    "5:9+8 unexpected-word",
    "6:1+3 bad-value",
  ]);
  const { warnings } = parseList("10.0.0.1/8\n\n10.0.0.2/8", { field: "ip.src", sourceName: "l" });
  assert.deepEqual(warnings.map(short), ["1:1+10 host-bits", "3:1+10 host-bits"]);
  assert.equal(warnings[0]?.span?.source, "l");
});

Deno.test("resolveLists() puts sets in place of references and asks for each file once", () => {
  const { filter } = parseFilter("drop ip.src in @a\npass\ndrop ip.dst & 0.0.0.255 not in @a and tcp.port in @b\n", {
    sourceName: "f",
  });
  assert.deepEqual(listReferences(filter), [
    { file: "a", rule: 0, place: "f:1" },
    { file: "a", rule: 2, place: "f:3" },
    { file: "b", rule: 2, place: "f:3" },
  ]);
  const asked: string[] = [];
  const resolved = resolveLists(filter, (file) => {
    asked.push(file);
    return file === "a" ? "0.0.0.1\n0.0.0.5" : "22";
  });
  assert.deepEqual(asked, ["a", "b"]);
  assert.equal(
    printFilter(resolved.filter, "kefir"),
    "drop ip.src in { 0.0.0.1, 0.0.0.5 }\npass\n" +
      "drop ip.dst & 0.0.0.255 not in { 0.0.0.1, 0.0.0.5 } and tcp.port in 22\n",
  );
  assert.equal(filter.at(0)?.matches[0]?.operand.kind, "list");
  assert.deepEqual(resolved.filter.at(0)?.source, filter.at(0)?.source);
});

Deno.test("resolveLists() reports the errors of every list, each with its file", () => {
  const { filter } = parseFilter("drop ip.src in @a\ndrop tcp.port in @b");
  const read = (file: string) => file === "a" ? "x" : "22\ny";
  assert.deepEqual(errorsOf(() => resolveLists(filter, read)), ["1:1+1 bad-value", "2:1+1 bad-value"]);
  assert.throws(() => resolveLists(filter, read), { source: "a" });
});
