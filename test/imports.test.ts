import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const config = await extractDepcruiseConfig(join(root, '.dependency-cruiser.mjs'));
const rules = config.forbidden ?? [];

/** What breaks which rule in a folder's src. */
async function violationsIn(baseDir: string): Promise<ICruiseResult> {
  const { options } = config;
  const ruleSet = { forbidden: rules };
  const { output } = await cruise(['src'], { ...options, baseDir, ruleSet, validate: true });
  if (typeof output === 'string') throw new Error('expected a result');
  return output;
}

test('every import of the sources goes the one way, and none goes round in a circle', async () => {
  const { summary } = await violationsIn(root);
  // Without a parser that knows TypeScript nothing is read, and nothing is wrong.
  expect(summary.totalCruised).toBeGreaterThan(100);
  expect(summary.violations.map(({ rule, from, to }) => [rule.name, from, to])).toEqual([]);
});

/** A file, what it imports, and the rules that this breaks. */
const imports: readonly (readonly [string, string, ...string[]])[] = [
  ['model/a.ts', '../changeset/x.ts', 'model-knows-what-comes-before'],
  ['generator/a.ts', '../changeset/x.ts', 'generator-knows-what-comes-before'],
  ['changeset/assoc/a.ts', '../../plan/x.ts', 'changeset-knows-what-comes-before'],
  ['plan/a.ts', '../repo/x.ts', 'plan-knows-what-comes-before'],
  ['domain/a.ts', '../repo/x.ts', 'domain-knows-what-comes-before'],
  ['repo/a.ts', '../mutation/x.ts', 'repo-knows-what-comes-before'],
  ['postgres/a.ts', '../mutation/x.ts', 'postgres-knows-what-comes-before'],
  ['mutation/a.ts', '../postgres/x.ts', 'mutation-knows-what-comes-before'],
  ['mutation/b.ts', '../pothos/x.ts', 'mutation-knows-what-comes-before'],
  ['pothos/a.ts', '../postgres/x.ts', 'pothos-knows-what-comes-before'],
  ['pothos/b.ts', '../blog/x.ts', 'pothos-knows-what-comes-before'],
  ['blog/a.ts', '../graphql/x.ts', 'blog-knows-what-comes-before'],
  ['blog/b.ts', '../changeset/x.ts', 'blog-knows-what-comes-before'],
  ['graphql/a.ts', '../server/x.ts', 'graphql-knows-what-comes-before'],
  ['server/a.ts', '../repo/x.ts', 'server-knows-what-comes-before'],
  ['server/b.ts', '../changeset/index.ts', 'app-by-name'],
  ['plan/b.ts', '../changeset/index.ts', 'no-door-from-within'],
  ['model/b.ts', 'node:crypto', 'pure'],
  ['changeset/b.ts', 'zod', 'pure'],
  ['domain/b.ts', 'node:fs', 'pure'],
  ['mutation/c.ts', '@prisma/client', 'prisma-pg-dataloader-in-their-rooms'],
  ['graphql/b.ts', 'dataloader', 'prisma-pg-dataloader-in-their-rooms'],
  ['graphql/c.ts', '../generated/prisma/x.ts', 'prisma-pg-dataloader-in-their-rooms'],
  ['mutation/d.ts', 'graphql', 'graphql-in-its-rooms'],
  ['blog/c.ts', '@pothos/core', 'graphql-in-its-rooms'],
  ['repo/b.ts', '../../test/x.ts', 'source-stands-alone'],
  ['repo/c.ts', './d.ts', 'no-cycle'],
  ['web/a.ts', '../server/x.ts', 'web-knows-what-comes-before'],
  ['web/b.ts', '../pothos/index.ts', 'app-by-name', 'web-runs-in-a-browser'],
  ['server/c.ts', 'preact', 'page-libraries-in-web'],
  ['pothos/index.ts', '../mutation/x.ts'],
  ['plan/ok.ts', '../changeset/x.ts'],
  ['changeset/index.ts', '../plan/x.ts'],
  ['repo/ok.ts', 'dataloader'],
  ['pothos/ok.ts', '@pothos/core'],
  ['blog/ok.ts', '../generated/x.ts'],
  ['graphql/ok.ts', '../blog/x.ts'],
  ['server/database/ok.ts', '../../generated/prisma/x.ts'],
  ['server/ok.ts', 'graphql-yoga'],
];

describe('an import of another kind is found', () => {
  let folder: string;
  let found: readonly (readonly [string, string])[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imports-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const write = async (file: string, text: string) => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    };
    for (const [file, path] of imports) await write(`src/${file}`, `import '${path}';\n`);
    const rooms = new Set(imports.map(([file]) => dirname(file)));
    for (const room of [...rooms, 'generated', 'generated/prisma']) {
      await write(`src/${room}/x.ts`, 'export const x = 1;\n');
    }
    await write('src/repo/d.ts', `import './c.ts';\n`);
    await write('test/x.ts', 'export const x = 1;\n');
    const { summary } = await violationsIn(folder);
    found = summary.violations.map(({ rule, from }) => [from, rule.name]);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test.each(imports)('%s imports %s', (file, _path, ...expected) => {
    const broken = found.flatMap(([from, rule]) => (from === `src/${file}` ? [rule] : []));
    expect(broken).toEqual(expected);
  });

  test('each rule is tried', () => {
    const tried = new Set(imports.flatMap(([, , ...names]) => names));
    expect(tried).toEqual(new Set(rules.map(({ name }) => name)));
  });
});
