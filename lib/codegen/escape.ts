/**
 * The only way for a user's text into C.
 *
 * @module
 */

/** Printable ASCII as what stands between the quotes of a string: nothing in it ends the string or forms a trigraph. */
export function escapeString(text: string): string {
  return text.replaceAll(/[\\"?]/g, "\\$&");
}

/**
 * The text as part of a block comment: nothing in it ends the comment, opens another (`-Wcomment`), joins lines, forms a
 * trigraph or reaches the terminal as a control character. Printable ASCII stays as it is but for that.
 */
export function escapeComment(text: string, maxLength = 400): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
  return cut
    .replaceAll(/[^\x20-\x7e]|[\\]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
    .replaceAll("*/", "*\\u{2f}")
    .replaceAll("/*", "/\\u{2a}")
    .replaceAll("??", "?\\u{3f}");
}
