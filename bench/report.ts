import type { Figures, Work } from './measure.ts';

/** One work and what its contenders took. */
export interface Row {
  readonly work: Work;
  readonly figures: ReadonlyMap<string, Figures>;
}

const COLUMNS = ['work', 'contender', 'ratio', 'ms', 'p95', 'CPU ms', 'statements', 'kB'] as const;

/** A table of all works, as Markdown; ratios of medians to the base of each work. */
export function toTable(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ work, figures }) => {
    const [first] = figures.keys();
    const base = figures.get(work.base ?? first ?? '')?.median ?? Number.NaN;
    return [...figures].map(([name, { median, p95, cpu, statements, bytes }], at) => [
      at === 0 ? work.name : '',
      name,
      (median / base).toFixed(2),
      median.toFixed(2),
      p95.toFixed(2),
      cpu.toFixed(2),
      `${statements}`,
      (bytes / 1_000).toFixed(1),
    ]);
  });
  return toMarkdown([COLUMNS, ...lines]);
}

/** Lines of cells as a table, its columns aligned; the first line is its head. */
export function toMarkdown([head = [], ...lines]: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) =>
    Math.max(cell.length, ...lines.map((line) => line[at]?.length ?? 0)),
  );
  const toLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [toLine(head), rule, ...lines.map(toLine)].join('\n');
}
