/**
 * A directory for one test.
 *
 * @module
 */

/** A directory that is removed with what is in it on dispose. */
export class Scratch implements Disposable {
  /** Its path, without a slash at the end. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "kefir-cli-" });

  /** Writes a text file and returns its path. */
  write(name: string, text: string): string {
    Deno.writeTextFileSync(`${this.path}/${name}`, text);
    return `${this.path}/${name}`;
  }

  /** Names of what is in it, sorted. */
  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
