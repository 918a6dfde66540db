import { expect, test } from 'vitest';
import { keptCase, useWorld } from './kept-cases.ts';
import { runCases } from './report.ts';

const world = useWorld();
const workedExample = keptCase('bbe627e6');
const changed = {
  ...workedExample,
  id: 'changed',
  expect: { ...workedExample.expect, status: 'invalid' },
};

const run = (...cases: readonly object[]) => runCases(world.current, JSON.stringify(cases));

test('a run prints a line for each case that fails, closes with the counts, and exits with 1', async () => {
  const { lines, exitCode } = await run(workedExample, changed);
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([
    expect.stringMatching(/^FAILED changed \[cast_assoc has_many\] EXAMPLE.*: status: /),
  ]);
  expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
  expect(exitCode).toBe(1);
});

test('a run without a failure exits with 0', async () => {
  const { lines, exitCode } = await run(workedExample);
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([]);
  expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  expect(exitCode).toBe(0);
});
