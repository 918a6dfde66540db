import { type ReadCase, readCase } from './case.ts';
import { rules } from './rules.ts';
import { describeError } from './exceptions.ts';
import { parseJson } from './json.ts';
import { judge, type Verdict } from './judge.ts';
import type { World } from './world.ts';

/** A case with what became of it. */
export interface Judged {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly verdict: Verdict;
}

/**
 * Reads the cases of a file.
 * @throws Error for what is no list.
 */
export function readCases(text: string): readonly ReadCase[] {
  const list = parseJson(text);
  if (!Array.isArray(list)) throw new Error('a file of cases holds a list');
  return list.map(readCase);
}

/**
 * Runs a file of cases: what is to be printed, line by line, and the exit code, which is 1 if a
 * case failed.
 * @throws Error for what is no list.
 */
export async function runCases(
  world: World,
  text: string,
): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
  const judged = await judgeAll(world, readCases(text));
  const { failed: failures } = countVerdicts(judged);
  return { lines: reportLines(judged), exitCode: failures > 0 ? 1 : 0 };
}

/** Judges cases one after the other; what goes wrong with one does not stop the rest. */
export async function judgeAll(
  world: World,
  cases: readonly ReadCase[],
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const read of cases) {
    const { id, group, name } = read.ok ? read.case : read;
    const verdict = await verdictOf(world, read);
    judged.push({ id, group, name, verdict });
  }
  return judged;
}

async function verdictOf(world: World, read: ReadCase): Promise<Verdict> {
  if (!read.ok) return failed(read.problem);
  try {
    return await judge(world, read.case);
  } catch (error) {
    return failed(`cannot be replayed: ${describeError(error)}`);
  }
}

function failed(problem: string): Verdict {
  return { kind: 'judged', problems: [problem], applied: [] };
}

/** How many cases came to what. */
export interface Figures {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Cases of which something else is expected than what Ecto did. */
  readonly changed: number;
}

/** Counts verdicts. */
export function countVerdicts(judged: readonly Judged[]): Figures {
  const figures = { passed: 0, failed: 0, skipped: 0, changed: 0 };
  for (const { verdict } of judged) {
    if (verdict.kind === 'skipped') figures.skipped += 1;
    else {
      figures[verdict.problems.length > 0 ? 'failed' : 'passed'] += 1;
      if (verdict.applied.length > 0) figures.changed += 1;
    }
  }
  return figures;
}

/** The report of a run, line by line. */
export function reportLines(judged: readonly Judged[]): readonly string[] {
  const { passed, failed: failures, skipped } = countVerdicts(judged);
  return [
    ...judged.flatMap(failureLine),
    ...rules.map((rule) => {
      const changed = judged.filter(
        ({ verdict }) => verdict.kind === 'judged' && verdict.applied.includes(rule),
      );
      const cases = changed.length === 1 ? '1 case' : `${changed.length} cases`;
      return `rule ${rule.rule} changed ${cases}: ${rule.reason}`;
    }),
    ...judged.flatMap((item) =>
      item.verdict.kind === 'skipped' ? [`skipped ${titleOf(item)}: ${item.verdict.reason}`] : [],
    ),
    `${passed} passed, ${failures} failed, ${skipped} skipped`,
  ];
}

/** The line of a case that fails; none of one that does not. */
export function failureLine(item: Judged): readonly string[] {
  const { verdict } = item;
  if (verdict.kind === 'skipped' || verdict.problems.length === 0) return [];
  const problems = verdict.problems.join('; ').replace(/\s+/g, ' ');
  return [`FAILED ${titleOf(item)}: ${problems}`];
}

function titleOf({ id, group, name }: Judged): string {
  return `${id} [${group}] ${name}`;
}
