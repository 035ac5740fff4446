/**
 * Columns for people.
 *
 * @module
 */

/** A column. */
export interface Column {
  /** What stands above it. */
  readonly heading: string;
  /** Whether its cells stand at its right edge. */
  readonly isNumber?: boolean;
}

/** The rows under their headings, each cell as wide as its column; the last column is not filled up. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((widest, cells) => Math.max(widest, displayWidth(cells[index] ?? "")), 0)
  );
  return lines.map((cells) =>
    columns.map(({ isNumber }, index) => {
      const cell = cells[index] ?? "";
      const filling = " ".repeat((widths[index] ?? 0) - displayWidth(cell));
      if (isNumber) return filling + cell;
      return index === columns.length - 1 ? cell : cell + filling;
    }).join("  ").trimEnd()
  );
}

/** Cells of a terminal that a text takes: two for East Asian wide characters and pictures, none for marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Unicode Standard Annex 11, in its larger blocks. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
