import assert from "node:assert/strict";
import { join } from "node:path";
import { loadFilter } from "../../lib/load_filter.ts";
import { printFilter } from "../../lib/syntax/print.ts";

Deno.test("loadFilter() resolves lists relative to the rule file", () =>
  withFiles({ "sub/rules.txt": "drop ip.src in @block.txt", "sub/block.txt": "10.0.0.1/8" }, async (root) => {
    const warned: string[] = [];
    const { filter, warnings } = await loadFilter(join(root, "sub/rules.txt"), {
      onWarning: ({ code, span }) => warned.push(`${span?.source} ${code}`),
    });
    assert.equal(printFilter(filter, "kefir"), "drop ip.src in 10.0.0.0/8\n");
    assert.equal(filter.at(0)?.source?.file, join(root, "sub/rules.txt"));
    assert.deepEqual(warned, ["block.txt host-bits"]);
    assert.equal(warnings.length, 1);
  }));

Deno.test("loadFilter() takes an absolute path of a list as it is", () =>
  withFiles({ "rules.txt": "", "block.txt": "22" }, async (root) => {
    await Deno.writeTextFile(join(root, "rules.txt"), `drop tcp.port in @"${join(root, "block.txt")}"`);
    const { filter } = await loadFilter(join(root, "rules.txt"));
    assert.equal(printFilter(filter, "kefir"), "drop tcp.port in 22\n");
  }));

Deno.test("loadFilter() throws NotFound with the path, and the line of the rule for a list", () =>
  withFiles(
    { "rules.txt": "pass\n\ndrop ip.src in @nope.txt", "nul.txt": 'drop ip.src in @"\\u{0}"' },
    async (root) => {
      const rules = join(root, "rules.txt");
      await assert.rejects(loadFilter(rules), (error) => {
        assert.ok(error instanceof Deno.errors.NotFound);
        assert.ok(error.message.includes(`${rules}:3`) && error.message.includes(join(root, "nope.txt")));
        return true;
      });
      await assert.rejects(loadFilter(join(root, "nul.txt")), Deno.errors.NotFound);
      await assert.rejects(loadFilter(join(root, "none")), Deno.errors.NotFound);
      await assert.rejects(loadFilter(root), Deno.errors.IsADirectory);
    },
  ));

Deno.test("loadFilter() reads standard input for -, lists relative to the current directory", () =>
  withFiles({ "block.txt": "22" }, async (root) => {
    const script = `import { loadFilter } from ${JSON.stringify(import.meta.resolve("../../lib/load_filter.ts"))};
      const { filter } = await loadFilter("-");
      console.log(JSON.stringify(filter.rules.map((rule) => [rule.matches[0].operand.kind, rule.source])));`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, script],
      cwd: root,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("drop tcp.port in @block.txt\n"));
    await writer.close();
    const { stdout } = await child.output();
    const expected = [["set", { text: "drop tcp.port in @block.txt", file: "-", line: 1 }]];
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), expected);
  }));

async function withFiles(files: Readonly<Record<string, string>>, run: (root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
