import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Each folder imports those before it. */
const folders = [
  'model',
  'changeset',
  'plan',
  'repo',
  'blog',
  'graphql',
  'server',
] as const;

const imports = folders.flatMap((from, place) =>
  folders.map((to, other) => ({
    file: `src/${from}/imports-${to}.ts`,
    source: from === to ? './x.ts' : `../${to}/x.ts`,
    isRefused: other > place,
  })),
);
const directions = (isRefused: boolean) =>
  imports
    .filter((one) => one.isRefused === isRefused)
    .map(({ file, source }) => [file, source] as const);

/** What each file imports, and whether lint must refuse it. */
const refused: readonly (readonly [string, string])[] = [
  ...directions(true),
  ['src/model/b.ts', 'zod'],
  ['src/model/c.ts', '../generated/prisma/client.ts'],
  ['src/changeset/b.ts', 'node:crypto'],
  ['src/changeset/c.ts', '@prisma/client'],
  ['src/changeset/assoc/d.ts', '../../repo/write.ts'],
  ['src/plan/b.ts', 'graphql'],
  ['src/plan/c.ts', '../generated/prisma/client.ts'],
  ['src/repo/b.ts', 'graphql'],
  ['src/repo/c.ts', '@pothos/core'],
  ['src/blog/b.ts', 'dataloader'],
  ['src/blog/c.ts', '../generated/prisma/client.ts'],
  ['src/blog/d.ts', 'graphql'],
  ['src/graphql/b.ts', '@prisma/client'],
  ['src/graphql/c.ts', 'dataloader'],
  ['src/server/a.ts', '@prisma/client'],
  ['src/server/b.ts', 'dataloader'],
  ['src/server/c.ts', '../../test/support/postgres.ts'],
];

const allowed: readonly (readonly [string, string])[] = [
  ...directions(false),
  ['src/repo/ok.ts', '../generated/prisma/client.ts'],
  ['src/graphql/ok.ts', '@pothos/core'],
  ['src/server/ok2.ts', 'graphql-yoga'],
];

const written = [
  ['typescript(no-explicit-any)', 'export const probe: any = 1;'],
  ['typescript(no-non-null-assertion)', 'export const probe = [1][0]!;'],
  [
    'typescript(consistent-type-assertions)',
    'export const probe = [1] as unknown;',
  ],
] as const;

describe('lint', () => {
  let folder: string;
  let found: Map<string, string[]>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lint-'));
    await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [file, source] of [...refused, ...allowed]) {
      await put(
        file,
        `import * as it from '${source}';\nexport const probe = it;\n`,
      );
    }
    for (const [index, [, text]] of written.entries()) {
      for (const pure of ['model', 'changeset', 'plan', 'blog']) {
        await put(`src/${pure}/written-${index}.ts`, `${text}\n`);
      }
    }
    found = await lint(folder);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(refused)('refuses that %s imports %s', (file) => {
    expect(found.get(file)).toContain('eslint(no-restricted-imports)');
  });

  test.each(allowed)('allows that %s imports %s', (file) => {
    expect(found.get(file)).toBeUndefined();
  });

  test.each(
    written.flatMap(([code], index) =>
      ['model', 'changeset', 'plan', 'blog'].map(
        (pure) => [code, `src/${pure}/written-${index}.ts`] as const,
      ),
    ),
  )('refuses %s in %s', (code, file) => {
    expect(found.get(file)).toContain(code);
  });

  async function put(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
});

/** The codes lint reports, by file. */
function lint(folder: string): Promise<Map<string, string[]>> {
  return new Promise((resolve, reject) => {
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const args = [oxlint, '--format', 'json', 'src'];
    execFile(process.execPath, args, { cwd: folder }, (error, stdout) => {
      if (stdout === '') return reject(error ?? new Error('no output'));
      const report: { diagnostics: { code: string; filename: string }[] } =
        JSON.parse(stdout);
      const found = new Map<string, string[]>();
      for (const { code, filename } of report.diagnostics) {
        found.set(filename, [...(found.get(filename) ?? []), code]);
      }
      resolve(found);
    });
  });
}
