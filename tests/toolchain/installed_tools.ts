/**
 * The versions of clang and llc that are installed side by side.
 *
 * @module
 */

/** Numbers of the versions of a tool in PATH, ascending: `clang-19` is 19. */
export function installedVersions(tool: "clang" | "llc"): readonly number[] {
  const pattern = new RegExp(`^${tool}-(\\d+)$`);
  const names = (Deno.env.get("PATH") ?? "").split(":").flatMap(fileNames);
  const versions = names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  return [...new Set(versions)].sort((a, b) => a - b);
}

/** The versions that KEFIR_REQUIRE lists: `clang-19`. */
export function requiredVersions(tool: "clang" | "llc"): readonly number[] {
  const required = (Deno.env.get("KEFIR_REQUIRE") ?? "").split(",").map((one) => one.trim());
  return required.flatMap((one) => new RegExp(`^${tool}-(\\d+)$`).exec(one)?.[1] ?? []).map(Number);
}

/** Whether `clang` without a number is that version: all other tests run with it. */
export function isUsualClang(version: number): boolean {
  const [usual, numbered] = ["clang", `clang-${version}`].map(realPath);
  return usual !== undefined && usual === numbered;
}

function realPath(name: string): string | undefined {
  const directory = (Deno.env.get("PATH") ?? "").split(":").find((one) => fileNames(one).includes(name));
  return directory === undefined ? undefined : Deno.realPathSync(`${directory}/${name}`);
}

function fileNames(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch {
    return []; // PATH may name what is not there
  }
}
