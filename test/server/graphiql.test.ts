import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { makeGraphiql } from '../../src/server/http/graphiql.ts';
import { examples } from '../../src/server/http/graphiql-examples.ts';
import { heapUsed } from '../support/heap.ts';

const samples: Readonly<Record<string, string>> = {
  id: '7',
  entries: '{ id: 11 } { body: "Interesting" }',
  tag: '"ecto"',
  comment: '10',
};

// The first of this file: a package is loaded once.
test('what its package takes to load is gone once it is made', async () => {
  const before = heapUsed();
  await makeGraphiql();
  expect(heapUsed() - before).toBeLessThan(3_000_000);
});

test.each(examples.map((example) => [/(\w+) \{/.exec(example)?.[1], example] as const))(
  'the example %s fits the schema, and the width of the editor',
  (_name, example) => {
    const text = example.replaceAll(/<(\w+)>/g, (_place, name: string) => samples[name] ?? '');
    expect(validate(schema, parse(text))).toEqual([]);
    expect(example.split('\n').filter((line) => line.length > 52)).toEqual([]);
  },
);

test('the page loads nothing but its own files, and has a form for narrow windows', async () => {
  const { page, files } = await makeGraphiql();
  const html = String(await page.encoded('identity'));
  const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path]) => path);
  expect(loaded).toEqual(['data:,', ...[...files.keys()].toReversed()]);
  const [script, style] = await Promise.all(
    [...files.values()].map(async (file) => String(await file.encoded('identity'))),
  );
  expect(style).toContain('@media (max-width: 900px)');
  expect(style).not.toMatch(/url\(["']?http|@import/);
  expect(script).toContain('query ReadPosts');
});
