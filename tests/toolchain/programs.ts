/** C for the toolchain's tests, and ways to run it. */

/** An XDP program that returns the value given. */
export function xdpProgram(verdict = "XDP_PASS"): string {
  return `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int filter(struct xdp_md *context) { return ${verdict}; }
char LICENSE[] SEC("license") = "Dual BSD/GPL";
`;
}

/** Runs a test body with a fresh directory, and removes it. */
export async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kefir_toolchain_" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What compile_once.ts reports. */
export interface Outcome {
  readonly cached?: boolean;
  readonly elf?: string;
  readonly error?: { readonly name: string; readonly missing?: string; readonly remedy?: string };
}

/** How {@link compileElsewhere} runs the other process. */
export interface ElsewhereOptions {
  readonly permissions?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly options?: Record<string, unknown>;
}

/** Compiles in another process, which has the permissions, environment and directory given. */
export async function compileElsewhere(source: string, elsewhere: ElsewhereOptions = {}): Promise<Outcome> {
  const script = new URL("./compile_once.ts", import.meta.url).pathname;
  const permissions = elsewhere.permissions ?? ["-A"];
  const options = JSON.stringify(elsewhere.options ?? {});
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-lock", ...permissions, script, source, options],
    env: elsewhere.env ?? {},
    cwd: elsewhere.cwd ?? Deno.cwd(),
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

/** Writes an executable shell script that stands for clang. */
export async function writeFakeClang(directory: string, script: string): Promise<string> {
  const path = `${directory}/fake_clang`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
