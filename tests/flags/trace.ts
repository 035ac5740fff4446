/**
 * The kernel's trace, to which programs write by bpf_trace_printk.
 *
 * @module
 */

/** Opens the trace. Where tracefs is not mounted it is, on a directory of its own; disposing removes that again. */
export class Trace implements Disposable {
  readonly #directory: string;
  readonly #isOurs: boolean;

  private constructor(directory: string, isOurs: boolean) {
    this.#directory = directory;
    this.#isOurs = isOurs;
  }

  /** The trace, or why there is none on this host. */
  static open(): Trace | { readonly missing: string } {
    const mounts = Deno.readTextFileSync("/proc/self/mounts").split("\n").map((line) => line.split(" "));
    const known = mounts.find(([, , type]) => type === "tracefs")?.[1];
    if (known !== undefined) return new Trace(known, false);
    const directory = Deno.makeTempDirSync({ prefix: "kefir_trace_" });
    const mounted = run("mount", "-t", "tracefs", "tracefs", directory);
    if (mounted.success) return new Trace(directory, true);
    Deno.removeSync(directory);
    return { missing: `tracefs cannot be mounted: ${new TextDecoder().decode(mounted.stderr).trim()}` };
  }

  /**
   * What programs write while `body` runs, in order: those that this thread runs, for others may trace at the same time. What
   * is older may be written over meanwhile, so that a mark says where it begins.
   */
  during(body: () => void): string[] {
    const mark = `kefir's test ${crypto.randomUUID()}`;
    Deno.writeTextFileSync(`${this.#directory}/trace_marker`, `${mark}\n`, { create: false });
    body();
    const thread = Deno.readLinkSync("/proc/thread-self").split("/").at(-1);
    const pattern = new RegExp(`^ *\\S.*-${thread} +\\[\\d+\\].*: bpf_trace_printk: (.*)$`);
    const [, after] = Deno.readTextFileSync(`${this.#directory}/trace`).split(mark);
    if (after === undefined) throw new Error("the mark is not in the trace any more");
    return after.split("\n").flatMap((line) => pattern.exec(line)?.[1] ?? []);
  }

  [Symbol.dispose](): void {
    if (!this.#isOurs) return;
    run("umount", this.#directory);
    Deno.removeSync(this.#directory);
  }
}

function run(command: string, ...args: string[]): Deno.CommandOutput {
  return new Deno.Command(command, { args, stdout: "null", stderr: "piped" }).outputSync();
}
