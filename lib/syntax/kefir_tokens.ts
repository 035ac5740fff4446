/**
 * The tokens of kefir's own syntax.
 *
 * @module
 */

import { problem } from "../model/problem.ts";
import type { Report } from "./findings.ts";
import type { Statement, Word } from "./statement.ts";

/** A token. `text` of a `file` is the name of the file, unescaped; a `bad` one was reported when it was read. */
export interface Token extends Word {
  readonly kind: "word" | "operator" | "mark" | "file" | "bad";
}

/** What ends a word: white space aside, the marks and the first characters of operators. */
const ENDS_WORD = new Set(',{}&=<>!@"#');
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\"],
  ['"', '"'],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** The tokens of a statement from `start` on. */
export function readTokens(statement: Statement, start: number, report: Report): Token[] {
  const { text } = statement;
  const tokens: Token[] = [];
  for (let at = start; at < text.length;) {
    if (isSpace(text[at] as string)) {
      at++;
      continue;
    }
    const token = readToken(text, at, report) ?? badToken(text, at);
    tokens.push(token);
    at += token.length;
  }
  return tokens;
}

/** The name of a file as {@link readTokens} reads it after `@`: quoted unless it is plain. */
export function printFileName(file: string): string {
  if (/^[A-Za-z0-9_./~+:%-]+$/.test(file)) return file;
  const escaped = file.replace(/[\\"]|[^ \P{Z}]|\p{C}/gu, (character) => {
    if (character === "\\" || character === '"') return `\\${character}`;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return `"${escaped}"`;
}

function readToken(text: string, at: number, report: Report): Token | undefined {
  const character = text[at] as string;
  const pair = text.slice(at, at + 2);
  if (pair === "==" || pair === "!=" || pair === "<=" || pair === ">=") {
    return { kind: "operator", text: pair, at, length: 2 };
  }
  if (character === "<" || character === ">") return { kind: "operator", text: character, at, length: 1 };
  if (character === "=" || character === "!") {
    const hint = character === "=" ? 'write "=="' : 'write "!=" or "not in"';
    return void report(problem("unknown-operator", `there is no operator "${character}"`, hint), { at, length: 1 });
  }
  if (character === "&" && pair === "&&") {
    return void report(problem("unknown-operator", 'there is no operator "&&"', 'write "and"'), { at, length: 2 });
  }
  if (character === "," || character === "{" || character === "}" || character === "&") {
    return { kind: "mark", text: character, at, length: 1 };
  }
  if (character === "@") return text[at + 1] === '"' ? quotedFile(text, at, report) : plainFile(text, at, report);
  const word = upTo(text, at, (next) => ENDS_WORD.has(next));
  if (word !== "") return { kind: "word", text: word, at, length: word.length };
  const hint = character === '"' ? 'only the name of a list file is quoted: @"name"' : undefined;
  return void report(problem("bad-character", `a ${JSON.stringify(character)} cannot stand here`, hint), {
    at,
    length: 1,
  });
}

/** What is left out after a character that cannot be read: up to the next white space. */
function badToken(text: string, at: number): Token {
  let end = at + 1;
  while (end < text.length && !isSpace(text[end] as string)) end++;
  return { kind: "bad", text: "", at, length: end - at };
}

function plainFile(text: string, at: number, report: Report): Token | undefined {
  const file = upTo(text, at + 1, (next) => next === "," || next === "}" || next === '"');
  if (file !== "") return { kind: "file", text: file, at, length: file.length + 1 };
  return void report(problem("bad-file", "@ has the name of a list file after it", "such as @blocklist.txt"), {
    at,
    length: 1,
  });
}

function quotedFile(text: string, at: number, report: Report): Token | undefined {
  const pieces: string[] = [];
  for (let index = at + 2; index < text.length; index++) {
    const character = text[index] as string;
    if (character === '"') {
      const token: Token = { kind: "file", text: pieces.join(""), at, length: index + 1 - at };
      if (token.text !== "") return token;
      return void report(problem("bad-file", "the name of a list file is empty"), token);
    }
    if (character !== "\\") {
      pieces.push(character);
      continue;
    }
    if (index + 1 === text.length) break;
    const escape = readEscape(text, index);
    if (escape === undefined) {
      return void report(
        problem("bad-escape", "there is no such escape in a quoted name", 'one of \\\\ \\" \\n \\r \\t \\u{HEX}'),
        { at: index, length: 2 },
      );
    }
    pieces.push(escape.character);
    index += escape.length - 1;
  }
  return void report(problem("open-quote", "the quoted name does not end on this line", 'write a closing "'), {
    at,
    length: text.length - at,
  });
}

function readEscape(text: string, at: number): { character: string; length: number } | undefined {
  const simple = ESCAPES.get(text[at + 1] ?? "");
  if (simple !== undefined) return { character: simple, length: 2 };
  const unicode = /^\\u\{([0-9a-fA-F]{1,6})\}/.exec(text.slice(at, at + 10));
  const code = parseInt(unicode?.[1] ?? "", 16);
  if (unicode === null || code > 0x10ffff) return undefined;
  return { character: String.fromCodePoint(code), length: unicode[0].length };
}

function upTo(text: string, start: number, ends: (character: string) => boolean): string {
  let end = start;
  while (end < text.length && !isSpace(text[end] as string) && !ends(text[end] as string)) end++;
  return text.slice(start, end);
}

function isSpace(character: string): boolean {
  return character <= " " ? character !== "\0" && character.trim() === "" : character > "~" && character.trim() === "";
}
