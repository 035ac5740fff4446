/**
 * Runs all tests, in two processes at once: what compiles most beside all else, so that neither processor waits. What the
 * first one writes comes when the other is done.
 *
 *     deno run -A tests/run.ts
 */

const ROOT = new URL("../", import.meta.url).pathname;

/** Folders whose tests compile thousands of programs, and share nothing with others: no pin, no interface, no namespace. */
const COMPILING = ["adversarial", "captures", "cases", "codegen", "random"];

const folders = [...Deno.readDirSync(`${ROOT}tests`)].flatMap(({ name, isDirectory }) => isDirectory ? [name] : []);
const missing = COMPILING.filter((name) => !folders.includes(name));
if (missing.length > 0) throw new Error(`Cannot find tests/${missing.join(", tests/")}`);

const compiling = test(COMPILING, "piped").output();
const others = await test(folders.filter((name) => !COMPILING.includes(name)).sort(), "inherit").status;
const { success, stdout, stderr } = await compiling;
for (const [text, stream] of [[stdout, Deno.stdout], [stderr, Deno.stderr]] as const) {
  for (let at = 0; at < text.length;) at += await stream.write(text.subarray(at));
}
Deno.exit(success && others.success ? 0 : 1);

function test(names: readonly string[], output: "piped" | "inherit"): Deno.ChildProcess {
  const args = ["test", "-A", ...names.map((name) => `tests/${name}`)];
  return new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "null", stdout: output, stderr: output }).spawn();
}
