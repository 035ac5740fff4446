/**
 * Texts that would rather be code.
 *
 * @module
 */

/** What users may write where generated C has it in a comment. */
export const HOSTILE_TEXTS: readonly string[] = [
  "*/ #error out /*",
  "*/",
  "/*",
  "/*/",
  "*/*",
  "/**/*/",
  "*",
  "/",
  "* /",
  "quotes ' \" ` '' \"\"",
  "line\nbreak",
  "line\r\nbreak\r",
  "\n#error out\n",
  "\u2028#error\u2029",
  "backslash \\",
  "backslash \\\nnewline",
  "\\\n*\\\n/ #error",
  "*\\\n/",
  "trigraph ??/",
  "??/\n*??/\n/",
  "*??",
  "???/",
  "percent %s %n %%",
  "hole /*= version */ and //% if x",
  "//% end",
  "$& $1 $`",
  "control \x00 \x07 \x1b[31m \x7f \x85",
  "lone \ud800 surrogates \udfff",
  "unicode é 漢字 🚀 \u202e right to left",
  "\\u002a\\u002f",
  "",
  " ",
  "x".repeat(5_000),
  "*/".repeat(1_000),
  `${"x".repeat(399)}\\`,
  `${"x".repeat(398)}*/`,
  `${"x".repeat(399)}🚀`,
];
