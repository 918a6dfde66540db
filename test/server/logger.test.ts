import { expect, test } from 'vitest';
import { makeLogger } from '../../src/server/logger.ts';

test('the log holds no password, whichever way it gets there', () => {
  const lines: string[] = [];
  const log = makeLogger('info', (line) => lines.push(line));
  const url = 'postgresql://ann:s3cr3t@db.example:5432/blog';
  log.info({ url }, `connecting to ${url}`);
  log.error({ err: new Error(`cannot connect to ${url}`) }, 'failed');
  log.warn({ password: 's3cr3t', pool: { password: 's3cr3t' } }, 'settings');
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toContain('s3cr3t');
  expect(lines[0]).toContain('postgresql://ann:***@db.example:5432/blog');
});

test('an error is logged without the connection it happened on, and the values that were refused', () => {
  const lines: string[] = [];
  const log = makeLogger('info', (line) => lines.push(line));
  const client = { processID: 4711, secretKey: 815 };
  const error = Object.assign(new Error('terminated'), { client, detail: 'the values' });
  log.warn({ err: error }, 'a connection to the database was lost');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: { message: 'terminated' } });
  expect(lines[0]).not.toMatch(/client":|815|the values/);
});

test('the log says what is as bad as its level or worse', () => {
  const lines: string[] = [];
  const log = makeLogger('warn', (line) => lines.push(line));
  log.info({}, 'quiet');
  log.warn({}, 'loud');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'warn', time: expect.any(String), msg: 'loud' },
  ]);
});
