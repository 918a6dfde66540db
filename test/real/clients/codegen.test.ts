import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { blocks, root } from '../../readme/readme.ts';
import { useDatabase } from '../../support/database.ts';
import { useService } from '../../support/service.ts';

const service = useService(useDatabase());

const save = `mutation Save($input: UpdatePostInput!) {
  updatePost(id: 7, input: $input) {
    ... on UpdatePostSuccess { post { updatedAt } changeset { operations { changes { from } } } }
  }
}`;

const text = await readFile(join(import.meta.dirname, 'codegen.ts'), 'utf8');
const around = blocks('Front-end clients').map(({ before }) => before);
const [, byIntrospection = ''] = /`(schema: \[[^`]*)`/.exec(around.join('')) ?? [];

test.each([
  ['from /schema.graphql', text],
  ['by introspection', text.replace(/schema: '.*'/, byIntrospection)],
])('codegen reads the schema %s: one of cast, put and build, and the scalars', async (...row) => {
  const [, config] = row;
  expect(config).toMatch(/schema: .*127/);
  const folder = await mkdtemp(join(tmpdir(), 'codegen-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'codegen.ts'), config.replace('http://127.0.0.1:4000', service.url));
  await writeFile(join(folder, 'src/save.ts'), `graphql(\`${save}\`);\n`);
  const program = join(root, 'node_modules/.bin/graphql-codegen');
  await promisify(execFile)(program, [], { cwd: folder });
  const types = await readFile(join(folder, 'src/gql/graphql.ts'), 'utf8');
  expect(types).toMatch(/cast: CastPostComments; put\?: never/);
  expect(types).toMatch(/updatedAt: string/);
  expect(types).toMatch(/from: unknown/);
});
