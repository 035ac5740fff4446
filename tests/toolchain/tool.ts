/**
 * Tests that need a program of the host: skipped by name where it is missing, failing where KEFIR_REQUIRE lists it.
 *
 * @module
 */

/** Registers a test that runs only where a program is installed; otherwise its name says why it did not run. */
export function testWith(tool: string, name: string, body: () => void | Promise<void>): void {
  const required = (Deno.env.get("KEFIR_REQUIRE") ?? "").split(",").includes(tool);
  const ignore = !required && !isInstalled(tool);
  Deno.test({ name: ignore ? `${name} [skipped: ${tool} is not installed]` : name, ignore, fn: body });
}

function isInstalled(tool: string): boolean {
  try {
    return new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
