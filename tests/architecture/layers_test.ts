import assert from "node:assert/strict";
import { layerOf, packageSources, ROOT } from "./sources.ts";

const SOURCES = packageSources();

/** The table of ARCHITECTURE.md: what a layer may import besides itself. `codegen` has a rule of its own below. */
const WIRE = ["net", "diagnostics"];
const MODEL = [...WIRE, "model"];
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  net: [],
  diagnostics: [],
  model: WIRE,
  semantics: MODEL,
  syntax: MODEL,
  capture: MODEL,
  analysis: [...MODEL, "semantics"],
  classify: [...MODEL, "semantics"],
  codegen: [...MODEL, "classify", "templates"],
  toolchain: ["diagnostics"],
  kernel: ["diagnostics", "net"],
};
const EVERY_LAYER = [...Object.keys(LAYERS), "deploy", "bench"];

/** Layers that are the same on every machine. */
const PURE = ["net", "diagnostics", "model", "semantics", "syntax", "capture", "analysis", "classify", "codegen"];

/** One number, which every layer may print. */
const VERSION_FILE = "lib/version.ts";

Deno.test("every folder of lib is a layer of the table", () => {
  const folders = [...Deno.readDirSync(`${ROOT}lib`)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  assert.deepEqual(folders.sort(), EVERY_LAYER.toSorted());
});

Deno.test("a layer imports what the table lets it", () => {
  const wrong: string[] = [];
  for (const { path, layer, imports } of SOURCES) {
    const allowed = LAYERS[layer];
    if (allowed === undefined) continue;
    for (const target of imports.filter(isLocal)) {
      const from = layerOf(target);
      if (target !== VERSION_FILE && from !== layer && !allowed.includes(from)) wrong.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("deploy, bench and the compositions import layers and each other; mod.ts only lib; cli.ts only cli", () => {
  const wrong: string[] = [];
  for (const { path, layer, imports } of SOURCES) {
    for (const target of imports.filter(isLocal)) {
      const from = layerOf(target);
      const isFine = layer === "deploy" || layer === "bench" || layer === "lib"
        ? target.startsWith("lib/")
        : path === "mod.ts"
        ? target.startsWith("lib/")
        : path === "cli.ts"
        ? from === "cli"
        : true;
      if (!isFine) wrong.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("codegen sees the plan of classify, and no more of it", () => {
  const imports = SOURCES.filter(({ layer }) => layer === "codegen").flatMap((file) => file.imports);
  assert.deepEqual([...new Set(imports.filter((one) => layerOf(one) === "classify"))], ["lib/classify/plan.ts"]);
});

Deno.test("templates are imported in one file", () => {
  const importers = SOURCES.filter(({ imports }) => imports.some((one) => one.startsWith("templates/")));
  assert.deepEqual(importers.map(({ path }) => path), ["lib/codegen/templates.ts"]);
});

Deno.test("cli imports mod.ts alone", () => {
  const wrong = SOURCES.filter(({ layer }) => layer === "cli").flatMap(({ path, imports }) =>
    imports.filter((one) => isLocal(one) && !one.startsWith("cli/") && one !== "mod.ts").map((one) => `${path}: ${one}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("no file imports itself by way of others", () => {
  const imports = new Map(SOURCES.map((file) => [file.path, file.runs.filter(isLocal)]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(" -> ")];
    if (done.has(path)) return [];
    const found = (imports.get(path) ?? []).flatMap((next) => visit(next, [...trail, path]));
    done.add(path);
    return found;
  };
  // Types may go round: they are gone when the program runs.
  assert.deepEqual(SOURCES.flatMap(({ path }) => visit(path, [])), []);
});

Deno.test("what comes from elsewhere is node: or an npm: package of one version", () => {
  const wrong = SOURCES.flatMap(({ path, imports }) =>
    imports.filter((one) => !isLocal(one) && !/^node:[a-z_/]+$|^npm:(@[a-z-]+\/)?[a-z.-]+@\d+\.\d+\.\d+$/.test(one))
      .map((one) => `${path}: ${one}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("a package has one version everywhere, tests included", () => {
  const versions = new Map<string, Set<string>>();
  const files = [...SOURCES.map(({ path }) => path), ...testFiles("tests"), ...testFiles("bench")];
  for (const path of files) {
    for (
      const [, name, version] of Deno.readTextFileSync(ROOT + path).matchAll(/"npm:((?:@[a-z-]+\/)?[a-z.-]+)@([^"]+)"/g)
    ) {
      versions.set(name!, (versions.get(name!) ?? new Set()).add(version!));
    }
  }
  assert.deepEqual([...versions].filter(([, all]) => all.size > 1).map(([name, all]) => [name, ...all]), []);
});

Deno.test("layers that are pure use neither Deno nor clock, randomness or console", () => {
  const impure =
    /\b(Deno|process|Date|performance|console|crypto|setTimeout|setInterval|fetch|globalThis|navigator)\b|Math\.random/;
  const wrong = SOURCES.filter(({ layer, path }) =>
    PURE.includes(layer) || path === "lib/cprog.ts" || path === VERSION_FILE
  )
    .flatMap(({ path, code }) => {
      const found = impure.exec(code);
      return found === null ? [] : [`${path}: ${found[0]}`];
    });
  assert.deepEqual(wrong, []);
});

Deno.test("Node's modules in pure layers are pure too", () => {
  const imports = SOURCES.filter(({ layer }) => PURE.includes(layer)).flatMap((file) => file.imports);
  const used = new Set(imports.filter((one) => one.startsWith("node:")));
  // A hash of given bytes, and the path functions, are the same everywhere.
  assert.deepEqual([...used].filter((one) => !["node:crypto", "node:path/posix"].includes(one)), []);
});

const ONLY_IN: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  "Deno.dlopen and pointers in kernel/ffi": [/Deno\.(dlopen|Unsafe\w*|Pointer\w*)/, /^lib\/kernel\/ffi\//],
  "Deno.Command in toolchain": [/Deno\.Command|node:child_process/, /^lib\/toolchain\//],
  "console and exit in cli": [/\bconsole\.|Deno\.(exit|stdout|stderr)\b|process\.(exit|stdout|stderr)/, /^cli\//],
  "Deno.args in cli": [/Deno\.args/, /^cli(\/|\.ts$)/],
};

for (const [what, [pattern, place]] of Object.entries(ONLY_IN)) {
  Deno.test(`there is ${what} only`, () => {
    const users = SOURCES.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
    assert.deepEqual(users.filter((path) => !place.test(path)), []);
    assert.ok(users.length > 0 || what.startsWith("Deno.args"), "the pattern finds those that may");
  });
}

Deno.test("mod.ts names what it exports, and no file exports everything or a default", () => {
  for (const { path, code } of SOURCES) {
    assert.doesNotMatch(code, /^export \*/m, path);
    assert.doesNotMatch(code, /^export default/m, path);
  }
});

Deno.test("files are snake_case, and none is a bag", () => {
  for (const { path } of SOURCES) {
    assert.match(path, /^([a-z0-9_]+\/)*[a-z0-9_]+\.ts$/);
    assert.doesNotMatch(path, /(^|\/)(utils?|helpers?|common|misc|shared|index)\.ts$/);
    assert.equal(path.endsWith("mod.ts"), path === "mod.ts", path);
  }
});

Deno.test("every file says what it is about", () => {
  for (const { path } of SOURCES) {
    const text = Deno.readTextFileSync(ROOT + path);
    if (path === "cli.ts" || path === VERSION_FILE) continue;
    assert.match(text, /^(#!.*\n)?\/\*\*/, path);
  }
});

function isLocal(target: string): boolean {
  return /^(lib|cli|templates)\/|^(mod|cli)\.ts$|^\.\./.test(target);
}

function testFiles(folder: string): string[] {
  const files: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(ROOT + folder)) {
    if (isDirectory) files.push(...testFiles(`${folder}/${name}`));
    else if (name.endsWith(".ts")) files.push(`${folder}/${name}`);
  }
  return files;
}
