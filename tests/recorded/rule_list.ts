/**
 * Lists of rules: `{a b}` stands for a rule with each, an indented line goes on, `#` begins a comment.
 *
 * @module
 */

/** The rules of a list beside this module, each once. */
export function readRuleList(name: string): readonly string[] {
  return [...new Set(expandRules(Deno.readTextFileSync(new URL(name, import.meta.url))))];
}

/** The rules that a text lists. */
export function expandRules(text: string): string[] {
  const lines = text.replaceAll(/\n[ \t]+/g, " ").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.flatMap(expand);
}

function expand(line: string): string[] {
  const [whole, choices] = /\{([^}]*)\}/.exec(line) ?? [];
  if (whole === undefined || choices === undefined) return [line];
  return choices.split(" ").flatMap((choice) => expand(line.replace(whole, () => choice)));
}
