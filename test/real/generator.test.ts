import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tsx } from '../support/tsx.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generator-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What the generator answers to the lines that Prisma sends. */
async function ask(...questions: readonly object[]): Promise<unknown[]> {
  const child = spawn(process.execPath, [...tsx, 'src/generator/main.ts'], { cwd: root });
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const [answers] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  const lines = answers.split('\n').filter(Boolean);
  return lines.map((line): unknown => JSON.parse(line));
}

const generate = (id: number, output: string | null) => ({
  jsonrpc: '2.0',
  method: 'generate',
  id,
  params: {
    generator: { name: 'assoc', output: output === null ? null : { value: output } },
    dmmf: { datamodel: { enums: [], models: [] } },
    datamodel: 'the schema',
  },
});

test('the generator answers what Prisma asks, and writes the datamodel to its output', async () => {
  const file = join(folder, 'new/assoc.ts');
  const asked = { jsonrpc: '2.0', method: 'getManifest', params: {}, id: 1 };
  expect(await ask(asked, generate(2, file))).toEqual([
    { jsonrpc: '2.0', id: 1, result: { manifest: { prettyName: 'prisma-assoc' } } },
    { jsonrpc: '2.0', id: 2, result: null },
  ]);
  const written: object = await import(file);
  expect({ ...written }).toEqual({
    datamodel: {
      // SHA-256 of 'the schema'.
      hash: '6195a9d6f08ff05323d00f74178e6bdfadc32e28351444ecad74a63b9f6f4b85',
      enums: {},
      models: {},
    },
  });
  expect(await readFile(file, 'utf8')).toContain('export interface AppDatamodel extends Literal');
});

test.each([
  ['no output', null],
  ['a folder', '../src/generated'],
])('the generator refuses %s, with the way out', async (_what, output) => {
  expect(await ask(generate(7, output))).toMatchObject([
    {
      id: 7,
      error: {
        message:
          'the generator assoc does not know which file to write: name one as output = "../src/generated/assoc.ts".',
      },
    },
  ]);
});
