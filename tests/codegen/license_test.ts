import assert from "node:assert/strict";
import { escapeString } from "../../lib/codegen/escape.ts";
import { createCprog } from "../../lib/cprog.ts";
import { openObject } from "../../lib/kernel/object.ts";
import { loadCprog } from "../../lib/load.ts";
import { checkLicense, isGplCompatible } from "../../lib/model/license.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { tierTest } from "../judges/tiers.ts";
import { run } from "../kernel/support.ts";

const { filter } = parseFilter("drop udp.dstport == 53");

/** All of printable ASCII, 63 at a time, and what would rather be code. */
const LICENSES = [
  ...[0x20, 0x5f - 0x20].map((from) => String.fromCharCode(...Array.from({ length: 63 }, (_, index) => from + index))),
  '"; int evil; char x[] = "',
  "\\",
  "ends with \\",
  "\\x41\\0",
  "??/ ??=",
  "/*= hook */ //% end",
  "$& $1",
];

for (const license of ["", " ", "x".repeat(64), "a\nb", "a\0b", "\x7f", "é", "\t"]) {
  Deno.test(`createCprog() refuses to declare the license ${JSON.stringify(license).slice(0, 20)}`, () => {
    assert.throws(() => createCprog(filter, { license }), {
      name: "RangeError",
      message: /^Cannot declare the license/,
    });
  });
}

Deno.test("checkLicense() refuses one that is not GPL-compatible when something is called that asks for it", () => {
  for (
    const license of ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"]
  ) {
    assert.equal(checkLicense(license, "bpf_trace_printk"), license);
    assert.ok(isGplCompatible(license));
  }
  for (const license of ["BSD", "gpl", "GPL ", "GPL-2.0", "Proprietary"]) {
    assert.equal(checkLicense(license), license);
    assert.ok(!isGplCompatible(license));
    assert.throws(() => checkLicense(license, "bpf_trace_printk"), {
      name: "RangeError",
      message: /a program that calls bpf_trace_printk: the kernel has that for "GPL", /,
    });
  }
});

Deno.test("createCprog() refuses bpf_trace_printk to a program of another license before anything is compiled", () => {
  assert.throws(() => createCprog(filter, { printk: true, license: "BSD" }), {
    name: "RangeError",
    message: /"BSD" of a program that calls bpf_trace_printk/,
  });
  assert.equal(createCprog(filter, { printk: true, license: "GPL" }).license, "GPL");
});

Deno.test("the license changes its line of the C and no other", () => {
  const [usual, other] = [createCprog(filter), createCprog(filter, { license: 'A "B" \\?' })];
  assert.equal(usual.license, "Dual BSD/GPL");
  assert.equal(other.license, 'A "B" \\?');
  const lines = usual.text.split("\n");
  const changed = other.text.split("\n").filter((line, index) => line !== lines[index]);
  assert.deepEqual(changed, ['char LICENSE[] SEC("license") = "A \\"B\\" \\\\\\?";']);
});

tierTest("clang", "escapeString() brings each license into the object as it is", async () => {
  for (const license of LICENSES) {
    const source = `char LICENSE[] __attribute__((section("license"), used)) = "${escapeString(license)}";`;
    // Trigraphs are read only where the language says so.
    const { elf } = await compileC(source, { cache: false, extraArguments: ["-g0", "-std=c11"] });
    assert.ok(new TextDecoder().decode(elf).includes(`${license}\0`), license);
  }
});

tierTest("kernel", "the kernel is told the license: bpftool says whether it is GPL-compatible", async () => {
  for (const [license, expected] of [["Dual BSD/GPL", true], ["GPL v2", true], ["BSD-2-Clause", false]] as const) {
    const cprog = createCprog(filter, { license, strategy: "tuple" });
    const object = await compileC(cprog.text, { cache: false });
    assert.ok(new TextDecoder().decode(object.elf).includes(`${license}\0`));
    using loaded = loadCprog(cprog, object);
    const { stdout } = run("bpftool", ["-j", "prog", "show", "id", String(loaded.program.id)]);
    assert.equal(JSON.parse(new TextDecoder().decode(stdout)).gpl_compatible, expected, license);
  }
});

tierTest("kernel", "the kernel keeps bpf_trace_printk from a program that checkLicense() refuses it to", async () => {
  const source = (license: string): string =>
    `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int kefir(struct xdp_md *ctx) { bpf_printk("%d", 1); return XDP_PASS; }
char LICENSE[] SEC("license") = "${license}";
`;
  for (const license of ["GPL", "Dual MPL/GPL", "BSD", "GPL-2.0"]) {
    using open = openObject((await compileC(source(license), { cache: false })).elf, { name: "printk" });
    if (isGplCompatible(license)) open.load()[Symbol.dispose]();
    else assert.throws(() => open.load(), { name: "VerifierError", summary: /GPL/ }, license);
  }
});
