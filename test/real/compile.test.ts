import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * What the compiler says of a domain that names what the datamodel lacks, or declares what cannot
 * hold: the names that are there stand in the message, or the one that was meant.
 */

const root = join(import.meta.dirname, '../..');

const imports = [
  `import SchemaBuilder from '@pothos/core';`,
  `import { addError, type Changeset, type Declaration, defineDomain, getField, owned, putChange, reference, validateLength, validateRequired } from '${root}/src/changeset/index.ts';`,
  `import { associationKit } from '${root}/src/pothos/index.ts';`,
  `import { type AppDatamodel, datamodel } from '${root}/src/generated/datamodel.ts';`,
  `import { datamodel as keys } from '${root}/test/repo/keys/generated/datamodel.ts';`,
  `interface Ctx { readonly viewer: string }`,
  `const viewed = defineDomain(datamodel, { Tag: { validate: (tag: Changeset, { viewer }: Ctx) => (viewer ? tag : tag) } });`,
  `const checked = (changeset: Changeset): Changeset => changeset;`,
  `const client = { client: () => ({}) as never };`,
].join(' ');

/** What is declared, how, and what the compiler says; null for what is right. */
const snippets: readonly (readonly [string, string, string | null])[] = [
  [
    'a model that is not there',
    `defineDomain(datamodel, { Pst: {} })`,
    `Did you mean to write 'Post'?`,
  ],
  [
    'a model that is not there, before what its rules name',
    `defineDomain(datamodel, { Coment: { cast: ['body'], validate: (comment) => validateLength(comment, 'body', { max: 9 }) } })`,
    `Did you mean to write 'Comment'?`,
  ],
  [
    'a cast of what is no field',
    `defineDomain(datamodel, { Post: { cast: ['titel'] } })`,
    `Type '"titel"' is not assignable to type 'FieldName<AppDatamodel, "Post">'. Did you mean '"title"'?`,
  ],
  [
    'a cast of an association',
    `defineDomain(datamodel, { Post: { cast: ['comments'] } })`,
    `Type '"comments"' is not assignable to type 'FieldName<AppDatamodel, "Post">'.`,
  ],
  [
    'a version that is no field',
    `defineDomain(datamodel, { Post: { version: 'version' } })`,
    `Type '"version"' is not assignable to type 'FieldName<AppDatamodel, "Post">`,
  ],
  [
    'an association that is not there',
    `defineDomain(datamodel, { Post: { associations: { coments: owned() } } })`,
    `Did you mean to write 'comments'?`,
  ],
  [
    'a tool that the kind does not have',
    `defineDomain(datamodel, { Comment: { associations: { post: { build: {} } } }, Post: {} })`,
    `'build' does not exist in type 'BelongsToDeclaration<`,
  ],
  [
    'a parent that is owned',
    `defineDomain(datamodel, { Comment: { associations: { post: owned() } }, Post: {} })`,
    `is not assignable to type 'BelongsToDeclaration<`,
  ],
  [
    'nilify of a key that takes no null',
    `defineDomain(datamodel, { Post: { associations: { comments: { cast: { allowed: ['nilify'] } } } } })`,
    `Type '"nilify"' is not assignable to type '"delete" | "deleteIfExists" | "markAsInvalid" | "raise"'.`,
  ],
  [
    'update of a list',
    `defineDomain(datamodel, { Author: { associations: { posts: { onReplace: 'update' } } } })`,
    `Type '"update"' is not assignable to type '"delete" | "deleteIfExists" | "markAsInvalid" | "nilify" | "raise"`,
  ],
  [
    'nilify of a many_to_many',
    `defineDomain(keys, { Student: { associations: { courses: { cast: { default: 'nilify' } } } } })`,
    `Type '"nilify"' is not assignable to type '"delete" | "markAsInvalid" | "raise"`,
  ],
  [
    'an entry of what is no field',
    `defineDomain(datamodel, { Post: { associations: { comments: { build: { fields: ['text'] } } } } })`,
    `Type '"text"' is not assignable to type 'FieldName<AppDatamodel, "Comment">'.`,
  ],
  [
    'an owned entry of what is no field',
    `defineDomain(datamodel, { Post: { associations: { comments: owned({ build: { fields: ['boddy'] } }) } } })`,
    `Type '"boddy"' is not assignable to type 'FieldName<AppDatamodel, "Comment">'. Did you mean '"body"'?`,
  ],
  [
    'an owned list that is nilified',
    `defineDomain(datamodel, { Post: { associations: { comments: owned({ onReplace: 'nilify' }) } } })`,
    `Type '"nilify"' is not assignable to type`,
  ],
  [
    'a reference by what is no field',
    `defineDomain(datamodel, { Comment: { associations: { post: reference({ by: ['slug'] }) } }, Post: {} })`,
    `Type '"slug"' is not assignable to type`,
  ],
  [
    'an order by what is no field',
    `defineDomain(datamodel, { Post: { associations: { comments: owned({ preloadOrder: [{ field: 'at', direction: 'asc' }] }) } } })`,
    `Type '"at"' is not assignable to type`,
  ],
  [
    'a join through what is no association',
    `defineDomain(datamodel, { Post: { manyToMany: { tags: { joinThrough: ['links', 'tag'] } } } })`,
    `Type '"links"' is not assignable to type 'AssociationName<AppDatamodel, "Post">'.`,
  ],
  [
    'a declaration of its own',
    `((): Declaration<AppDatamodel, 'Tag'> => ({ cast: ['nmae'] }))()`,
    `Type '"nmae"' is not assignable to type 'FieldName<AppDatamodel, "Tag">'.`,
  ],
  [
    'a validation of what is no field',
    `defineDomain(datamodel, { Post: { validate: (post) => validateLength(post, 'titel', { max: 9 }) } })`,
    `Argument of type '"titel"' is not assignable to parameter of type 'AssociationName<AppDatamodel, "Post"> | FieldName<AppDatamodel, "Post">'.`,
  ],
  [
    'a validation of what is no field after another',
    `defineDomain(datamodel, { Post: { validate: (post) => validateRequired(validateLength(post, 'title', { max: 9 }), ['titel']) } })`,
    `Did you mean '"title"'?`,
  ],
  [
    'an error at what is no field, beside a context',
    `defineDomain(datamodel, { Post: { validate: (post, { viewer }: Ctx) => addError(post, 'titel', viewer) } })`,
    `Argument of type '"titel"' is not assignable to parameter of type 'AssociationName<AppDatamodel, "Post"> | FieldName<AppDatamodel, "Post">'.`,
  ],
  [
    'a change that prepare makes of what is no field',
    `defineDomain(datamodel, { Post: { prepare: (post) => putChange(post, 'slug', getField(post, 'title')) } })`,
    `Argument of type '"slug"' is not assignable to parameter of type 'AssociationName<AppDatamodel, "Post"> | FieldName<AppDatamodel, "Post">'.`,
  ],
  [
    'a validation of a declaration of its own',
    `((): Declaration<AppDatamodel, 'Tag'> => ({ validate: (tag) => addError(tag, 'nmae', 'x') }))()`,
    `Argument of type '"nmae"' is not assignable to parameter of type '"postTags" | FieldName<AppDatamodel, "Tag">'.`,
  ],
  [
    'what a validation may name: fields, associations, those of names of their own',
    `defineDomain(datamodel, { Post: { manyToMany: { tags: { joinThrough: ['postTags', 'tag'], put: {} } }, validate: (post) => { post = validateLength(post, 'tags', { max: 3 }); post = validateLength(post, 'comments', { max: 3 }); post = checked(post); return addError(post, 'title', 'x'); } }, Tag: {} })`,
    null,
  ],
  [
    'a model that the domain does not declare',
    `defineDomain(datamodel, { Tag: {} }).aggregate('Post')`,
    `Argument of type '"Post"' is not assignable to parameter of type '"Tag"'.`,
  ],
  [
    'a builder without the context of the validators',
    `associationKit(new SchemaBuilder<{ Context: { user: string } }>({}), viewed, client)`,
    `Expected 4 arguments, but got 3.`,
  ],
  [
    'a builder with that context and more',
    `associationKit(new SchemaBuilder<{ Context: Ctx & { user: string } }>({}), viewed, client)`,
    null,
  ],
  [
    'what is right',
    `defineDomain(datamodel, { Author: { cast: ['name'], associations: { posts: owned({ cast: { allowed: ['nilify'] } }) } }, Post: { cast: ['title'], version: 'lockVersion', associations: { author: reference({ by: ['id'] }), comments: owned() } }, Comment: {} })`,
    null,
  ],
];

let folder: string;
let messages: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compile-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = ['domains.ts'];
  const tsconfig = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true },
    files,
  };
  const lines = [
    imports,
    ...snippets.map(([, code], index) => `export const made${index} = ${code};`),
  ];
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await writeFile(join(folder, 'domains.ts'), lines.join('\n'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], (_error, stdout) =>
      resolve(stdout),
    );
  });
  messages = messagesByLine(output);
});

afterAll(() => rm(folder, { recursive: true }));

/** What is said of each line; the first is line 1. */
function messagesByLine(output: string): readonly string[] {
  const said: string[] = [];
  let line = 0;
  for (const text of output.split('\n')) {
    const place = /^\S*domains\.ts\((\d+),/.exec(text);
    if (place) line = Number(place[1]);
    said[line] = `${said[line] ?? ''}${text}\n`;
  }
  return said;
}

test('the snippets themselves are sound', () => {
  expect(messages[1]).toBeUndefined();
});

test.each(snippets.map(([what, , message], index) => [what, message, index + 2] as const))(
  'the compiler knows %s',
  (_what, message, line) => {
    if (message === null) expect(messages[line]).toBeUndefined();
    else expect(messages[line]).toContain(message);
  },
);
