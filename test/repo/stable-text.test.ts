import { expect, test } from 'vitest';
import { stableText } from '../../src/repo/stable-text.ts';

test('is the same for equal arguments, whatever the order of their keys', () => {
  const moment = new Date('2026-01-01T00:00:00Z');
  expect(stableText({ a: 1n, b: [moment], c: undefined })).toBe(
    stableText({ b: [new Date(moment)], a: 1n }),
  );
});

test('differs for what the database would tell apart', () => {
  const moment = new Date('2026-01-01T00:00:00Z');
  const values = [
    1,
    1n,
    '1',
    '1n',
    [1],
    { 0: 1 },
    {},
    [],
    null,
    'null',
    true,
    moment,
    moment.getTime(),
    moment.toISOString(),
    `@${moment.getTime()}`,
    new Uint8Array([1]),
    '#AQ==',
    { a: 1, b: 2 },
    { a: { b: 2 } },
    [[1], 2],
    [1, [2]],
    [1, 2],
  ];
  expect(new Set(values.map(stableText)).size).toBe(values.length);
});
