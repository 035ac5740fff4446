/**
 * The command line as a real process without a terminal.
 *
 * @module
 */

import { resolve } from "node:path";

/** The root of the repository, which commands run in. */
export const ROOT: string = resolve(import.meta.dirname ?? ".", "../..");

/** How {@link runCli} runs. */
export interface RunOptions {
  /** What standard input holds; empty unless given. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the network namespace; that of the test unless given. */
  readonly netns?: string;
  /** A module to be run first. */
  readonly preload?: string;
}

/** What a command did. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `kefir ARGS` to its end. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options);
  const writer = child.stdin.getWriter();
  const { stdin = "" } = options;
  const feed = writer.write(typeof stdin === "string" ? new TextEncoder().encode(stdin) : Uint8Array.from(stdin))
    .then(() => writer.close())
    // A command that fails early does not read it all.
    .catch(() => writer.abort().catch(() => {}));
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), feed]);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Starts `kefir ARGS`. */
export function spawnCli(args: readonly string[], options: RunOptions = {}): Deno.ChildProcess {
  const { netns, preload, env = {} } = options;
  const deno = [
    Deno.execPath(),
    "run",
    "--quiet",
    "-A",
    ...(preload === undefined ? [] : [`--preload=${preload}`]),
    `${ROOT}/cli.ts`,
    ...args,
  ];
  // "ip netns exec" would hide the BPF file system.
  const [command = "", ...rest] = netns === undefined ? deno : ["nsenter", `--net=/run/netns/${netns}`, ...deno];
  return new Deno.Command(command, {
    args: rest,
    cwd: ROOT,
    env: { ...ENVIRONMENT, ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What the commands need of this process's environment, and nothing that colours or caches for them. */
const ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "SSL_CERT_FILE", "NPM_CONFIG_REGISTRY"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }),
);
