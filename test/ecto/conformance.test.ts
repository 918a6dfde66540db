import { describe, expect, test } from 'vitest';
import { keptCases, useWorld } from './kept-cases.ts';
import { countVerdicts, failureLine, type Judged, judgeAll, reportLines } from './report.ts';

const world = useWorld();
const groupOf = (read: (typeof keptCases)[number]) => (read.ok ? read.case.group : read.group);
const groups = [...new Set(keptCases.map(groupOf))];

describe('what Ecto was seen to do', () => {
  const judged: Judged[] = [];

  test.each(groups)('%s ends as in Ecto', async (group) => {
    const cases = keptCases.filter((read) => groupOf(read) === group);
    const results = await judgeAll(world.current, cases);
    judged.push(...results);
    expect(results.flatMap(failureLine)).toEqual([]);
  });

  test('few cases differ by design, and few cannot be said in JavaScript', () => {
    const { passed, failed, skipped, changed } = countVerdicts(judged);
    expect(passed + failed + skipped).toBe(keptCases.length);
    expect(changed).toBeLessThanOrEqual(20);
    expect(skipped).toBeLessThanOrEqual(15);
  });

  test('the report closes with what passed, failed and was skipped', () => {
    const { passed, failed, skipped } = countVerdicts(judged);
    expect(reportLines(judged).at(-1)).toBe(
      `${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
  });
});
