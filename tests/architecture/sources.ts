/**
 * The sources of kefir: what each file imports, and its code without comments and texts.
 *
 * @module
 */

import { join, relative } from "node:path";

/** The repository. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** A TypeScript file. */
export interface SourceFile {
  /** Relative to the repository. */
  readonly path: string;
  /** The layer: `cli`, the folder in `lib`, `lib` for files directly in it, `.` for those at the root. */
  readonly layer: string;
  /** What it imports: paths relative to the repository, or specifiers of packages. */
  readonly imports: readonly string[];
  /** Those of them that are still there when the program runs: not types alone. */
  readonly runs: readonly string[];
  /** Its text without comments and without the insides of strings. */
  readonly code: string;
}

/** Every file of the package. */
export function packageSources(): readonly SourceFile[] {
  const files = ["mod.ts", "cli.ts", ...below("lib"), ...below("cli")];
  return files.filter((path) => path.endsWith(".ts")).map((path) => {
    const text = Deno.readTextFileSync(join(ROOT, path));
    const imports = importsOf(path, text);
    const runs = importsOf(path, text.replaceAll(/^(?:import|export) type\s[^;]*;/gm, ""));
    return { path, layer: layerOf(path), imports, runs, code: withoutWords(text) };
  });
}

/** The layer of a file. */
export function layerOf(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return ".";
  return parts[0] === "lib" && parts.length > 2 ? parts[1]! : parts[0]!;
}

function importsOf(path: string, text: string): string[] {
  const specifiers = [
    ...text.matchAll(/^\s*(?:import|export)\s[^;'"]*?from\s+["']([^"']+)["']/gms),
    ...text.matchAll(/^\s*import\s+["']([^"']+)["']/gm),
    ...text.matchAll(/\bimport\(\s*["']([^"']+)["']/g),
  ].map((found) => found[1]!);
  return specifiers.map((one) => one.startsWith(".") ? relative(ROOT, join(ROOT, path, "..", one)) : one);
}

/** Comments gone, and strings empty but for what templates compute. */
function withoutWords(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/(?![*/ ])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*/g;
  return text.replaceAll(token, (found) => found.startsWith("/") ? " " : '""');
}

function below(folder: string): string[] {
  const files: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    if (isDirectory) files.push(...below(`${folder}/${name}`));
    else files.push(`${folder}/${name}`);
  }
  return files.sort();
}
