import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the project. */
export const root = join(import.meta.dirname, '../..');

/** A fenced block of README.md. */
export type Block = {
  /** The heading that it stands under. */
  readonly section: string;
  readonly language: string;
  readonly text: string;
  /** What stands between it and the block or heading before it. */
  readonly before: string;
};

const parts = readFileSync(join(root, 'README.md'), 'utf8').split(/^## /m);

/** The text of a section, without its heading. */
function sectionText(heading: string): string {
  const found = parts.find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`README has no "${heading}"`);
  return found.slice(heading.length + 1);
}

/** The blocks of README.md in order, of one section or of all. */
export function blocks(heading?: string): readonly Block[] {
  const headings = parts.slice(1).map((part) => part.split('\n', 1)[0] ?? '');
  return headings
    .filter((section) => heading === undefined || section === heading)
    .flatMap(blocksOf);
}

/** The cells of a section's table, its header first among the rows; code marks are taken off. */
export function table(heading: string, firstCell: string): readonly (readonly string[])[] {
  const tables = sectionText(heading)
    .split(/\n(?!\|)/)
    .map((text) => text.split('\n').filter((line) => line.startsWith('|')));
  const rows = tables.map((lines) => lines.map(cellsOf));
  const found = rows.find(([header]) => header?.[0] === firstCell);
  if (found === undefined) {
    throw new Error(`"${heading}" has no table that starts with ${firstCell}`);
  }
  return found.slice(2);
}

function blocksOf(section: string): Block[] {
  const fences = sectionText(section).matchAll(/([^]*?)^```(\w*)\n([^]*?)\n?^```$/gm);
  return [...fences].map(([, before = '', language = '', text = '']) => ({
    section,
    language,
    text,
    before,
  }));
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
}
