import assert from "node:assert/strict";
import { VERSION } from "../../mod.ts";
import { ROOT } from "./sources.ts";

const FILTER = "drop ip.src in 10.0.0.0/8 and tcp.dstport == 80";

/** Runs Deno in a directory that is not the repository. */
async function deno(args: readonly string[], source?: string) {
  const directory = await Deno.makeTempDir({ prefix: "kefir_package_" });
  try {
    const script = `${directory}/main.ts`;
    if (source !== undefined) await Deno.writeTextFile(script, source);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, ...(source === undefined ? [] : [script])],
      cwd: source === undefined ? ROOT : directory,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    return { success, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Serves the files of the repository on a port of this host while the body runs. */
async function serving(body: (url: string, served: ReadonlySet<string>) => Promise<void>): Promise<void> {
  const served = new Set<string>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (!/^\/[\w./-]+$/.test(pathname) || pathname.includes("..")) return new Response(null, { status: 400 });
    try {
      const file = await Deno.readFile(ROOT + pathname.slice(1));
      served.add(pathname);
      const type = pathname.endsWith(".ts") ? "application/typescript" : "text/plain";
      return new Response(file, { headers: { "content-type": type } });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
  await body(`http://127.0.0.1:${server.addr.port}`, served);
}

/** An earlier run may have had the port, and Deno keeps what it fetched there. */
function importing(url: string): string[] {
  return [`--allow-import=${new URL(url).host}`, `--reload=${url}`];
}

Deno.test("importing mod.ts needs no permission, nor does what is pure", async () => {
  const source = `
    import { createCprog, evaluate, parseFilter, VERSION } from "${ROOT}mod.ts";
    const { filter } = parseFilter(${JSON.stringify(FILTER)});
    console.log(VERSION, evaluate(filter, { bytes: new Uint8Array(60) }).action, createCprog(filter).text.length > 1000);
  `;
  const { stdout, stderr, success } = await deno(["run", "--quiet", "--no-prompt", "--no-lock"], source);
  assert.ok(success, stderr);
  assert.equal(stdout, `${VERSION} pass true\n`);
});

Deno.test("what needs a permission says which, and leaves the process alive", async () => {
  const source = `
    import { compile, parseFilter } from "${ROOT}mod.ts";
    try {
      await compile(parseFilter(${JSON.stringify(FILTER)}).filter);
    } catch (error) {
      console.log(error.name, error.missing);
    }
  `;
  const { stdout, stderr } = await deno(["run", "--quiet", "--no-prompt", "--no-lock", "--no-check"], source);
  assert.equal(stdout, "UnavailableError --allow-run\n", stderr);
});

Deno.test("mod.ts works from a URL, templates included, and needs no permission but to be fetched", async () => {
  await serving(async (url, served) => {
    const source = `
      import { createCprog, parseFilter } from "${url}/mod.ts";
      for (const strategy of ["inline", "linear"]) {
        for (const hook of ["xdp", "tc-ingress"]) {
          console.log(createCprog(parseFilter(${JSON.stringify(FILTER)}).filter, { strategy, hook }).text);
        }
      }
    `;
    const args = ["run", "--quiet", "--no-prompt", "--no-lock", "--no-check", ...importing(url)];
    const { stdout, stderr, success } = await deno(args, source);
    assert.ok(success, stderr);
    assert.equal(stdout.match(/SEC\("license"\)/g)?.length, 4, stderr);
    assert.ok(stdout.includes(`/* rule 0: ${FILTER} */`));
    // What came from the URL is all there is: the same as the files here.
    assert.ok(served.has("/mod.ts") && served.has("/templates/program.c"));
  });
});

Deno.test("the types of mod.ts hold from a URL", async () => {
  await serving(async (url) => {
    const source = `
      import { createMatch, type Match } from "${url}/mod.ts";
      const match: Match = createMatch({ field: "tcp.dstport", value: 80 });
      console.log(match.field);
    `;
    const args = ["run", "--quiet", "--no-prompt", "--no-lock", "--check", ...importing(url)];
    const { stdout, stderr } = await deno(args, source);
    assert.equal(stdout, "tcp.dstport\n", stderr);
  });
});

Deno.test("the version in deno.json is VERSION", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  assert.equal(version, VERSION);
});

Deno.test("deno publish has nothing against the package, and takes the templates along but no tests", async () => {
  const { success, stderr, stdout } = await deno(["publish", "--dry-run", "--allow-dirty", "--no-check"]);
  const output = stdout + stderr;
  assert.ok(success, output);
  assert.deepEqual(output.split("\n").filter((line) => /^(warning|error)/i.test(line)), []);
  for (const file of ["mod.ts", "cli.ts", "templates/program.c", "templates/include/kefir/dissect.h", "LICENSE"]) {
    assert.match(output, new RegExp(`/${file.replaceAll(".", "\\.")} \\(`), file);
  }
  for (const folder of ["tests", "bench", ".ci"]) assert.ok(!output.includes(`${ROOT}${folder}/`), folder);
});
