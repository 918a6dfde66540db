import { runInNewContext } from 'node:vm';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  getNamedType,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { createClient } from 'graphql-sse';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { seed } from '../../src/server/database/seed.ts';
import { readConfig } from '../../src/server/config.ts';
import { useDatabase } from '../support/database.ts';
import { post, useService } from '../support/service.ts';
import { openStream } from '../support/stream.ts';
import { type Block, blocks, root, table } from './readme.ts';

// A reader tries the examples one after the other, on one database.
const database = useDatabase('once');
const service = useService(database);

// The walkthrough's own example fits the schema only once its steps are done, that of the orders
// another schema.
const others = ['Add a model', 'Use it with your own schema'];
const examples = blocks().filter(
  ({ language, section }) => language === 'graphql' && !others.includes(section),
);

test.each(examples.map((block) => [nameOf(block), block] as const))(
  'the example fits the schema and works on the first rows: %s',
  async (_name, { text, section }) => {
    expect(validate(schema, parse(text))).toEqual([]);
    await seed(database.client, { reset: true });
    if (section === 'Live') return expect(await firstOf(text)).toMatchObject({ data: {} });
    const { given, answer } = companions(section, text);
    const { status, ...got } = await post(service.url, text, given);
    expect(status).toBe(200);
    if (answer !== undefined) return expect(got).toEqual(answer);
    expect(got.errors).toBeUndefined();
    expect(typeNames(got.data).filter((name) => isFailure(name))).toEqual([]);
  },
);

/** What a subscription delivers first. */
async function firstOf(text: string) {
  const stream = await openStream(service.url, text);
  return stream.next();
}

test('the client of graphql-sse shows a post as it is, and after a write', async () => {
  await seed(database.client);
  const [, code] = blocks('Live');
  const text = code?.text.replace(/^import .*$/m, '').replace(/'http:[^']*'/, 'url') ?? '';
  const shown: unknown[] = [];
  const show = ({ data }: { readonly data?: unknown }) => shown.push(data);
  const stop: unknown = runInNewContext(`${text}; stop`, {
    createClient,
    url: `${service.url}/graphql`,
    show,
    console,
  });
  const titled = (title: string) => ({ postChanged: { post: { title } } });
  await expect.poll(() => shown).toEqual([titled('A story...')]);
  await post(service.url, 'mutation { updatePost(id: 7, input: { title: "New" }) { __typename } }');
  await expect.poll(() => shown).toContainEqual(titled('New'));
  if (typeof stop === 'function') Reflect.apply(stop, undefined, []);
});

test('the worked example, sent as it stands, gets the answer that stands below it', async () => {
  await seed(database.client, { reset: true });
  const [command, answer] = blocks('The worked example');
  const [, header = '', body = ''] = /-H '([^']+)' -d '([^']+)'/.exec(command?.text ?? '') ?? [];
  const [name = '', value = ''] = header.split(': ');
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { [name]: value },
    body,
  });
  expect(await response.json()).toEqual(JSON.parse(answer?.text ?? ''));
});

test('the message that a form finds by its path is the one of the answer', () => {
  const [, , answer, snippet] = blocks('Answers and errors');
  const [, path, message] = /get\('([^']+)'\); \/\/ (.*)$/m.exec(snippet?.text ?? '') ?? [];
  const { issues } = JSON.parse(answer?.text ?? '').data.updatePost;
  expect(issues).toContainEqual(expect.objectContaining({ path: path?.split('.'), message }));
});

test('the onReplace values of each association are those of the schema, the default first', () => {
  const rows = table('Which tool', 'association');
  const told = rows.map(([name = '', , cast = '', put = '']) => [
    name,
    cast.split(', '),
    put.split(', '),
  ]);
  const there = associationInputs().map(([name, tools]) => [
    name,
    onReplaceOf(tools['cast']),
    onReplaceOf(tools['put']),
  ]);
  expect(told).toHaveLength(6);
  // Associations of models that were added need not be told of.
  expect(there).toEqual(expect.arrayContaining(told));
});

test('the members of a result and the codes of an issue are those of the schema', () => {
  const union = schema.getType('UpdatePostResult');
  const members = isUnionType(union) ? union.getTypes() : [];
  const told = table('Answers and errors', 'member').map(([name]) => name);
  expect(told).toEqual(members.map(({ name }) => name.replace('UpdatePost', '…')));
  const codes = schema.getType('IssueCode');
  const there = isEnumType(codes) ? codes.getValues() : [];
  const rows = table('Answers and errors', 'code');
  const toldCodes = rows.flatMap(([cell = '']) => cell.split('` `'));
  expect(toldCodes.toSorted()).toEqual(there.map(({ name }) => name).toSorted());
});

test('the code for a schema of your own is that of the example, which is tested', () => {
  const code = blocks('Use it with your own schema').filter(({ language }) =>
    ['ts', 'prisma'].includes(language),
  );
  expect(code.length).toBeGreaterThan(4);
  let path = '';
  for (const { before, text } of code) {
    [path] = /examples\/[\w./]+\.(?:ts|prisma)/.exec(before) ?? [path];
    const file = `\n${readFileSync(join(root, path), 'utf8')}`;
    for (const part of text.split('\n\n')) expect(file).toContain(`\n${part}\n`);
  }
});

test('the set-up of each front-end client is that of its file, which is tested', () => {
  const code = blocks('Front-end clients').filter(({ language }) => language !== 'graphql');
  const paths = code.flatMap(({ before }) => before.match(/test\/real\/clients\/\w[\w.-]+/g) ?? []);
  expect(paths).toHaveLength(code.length);
  for (const [index, path] of paths.entries()) {
    expect(`${code[index]?.text}\n`).toBe(readFileSync(join(root, path), 'utf8'));
  }
});

test('the code of the page is that of its source', () => {
  const [code] = blocks('A page without a request');
  const source = readFileSync(join(root, 'src/web/form/changeset.ts'), 'utf8');
  expect(source).toContain(`\n${code?.text}\n`);
});

test('the settings and their defaults are those of config.ts', () => {
  const read = (file: string) => readFileSync(join(root, 'src/server', file), 'utf8');
  const source = read('config.ts').replace('...authSettings', () => read('auth/auth-settings.ts'));
  const names = [...source.matchAll(/^ +([A-Z][A-Z_]+):/gm)].map(([, n]) => n);
  const rows = table('Settings', 'name');
  expect(rows.map(([name]) => name)).toEqual(names);
  for (const [name = '', standard = ''] of rows) {
    if (standard === 'none') continue;
    expect(readConfig({ [name]: standard }), name).toEqual(readConfig({}));
  }
});

test('the scripts are those of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = Object.keys(scripts).filter((name) => !name.startsWith('pre'));
  const told = table('Scripts', 'npm run …').map(([name = '']) => name);
  expect(told.toSorted()).toEqual(names.toSorted());
});

test('the folders are those of the project', () => {
  const [list] = blocks('Folders');
  const lines = (list?.text ?? '').split('\n');
  const told = lines.map((line) => line.split(' ')[0] ?? '');
  const passedOver = /^(\..*|node_modules|dist|coverage|generated|src)$/;
  const folders = (path: string) =>
    readdirSync(join(root, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !passedOver.test(entry.name))
      .map(({ name }) => join(path, name, '/'));
  const there = [...folders(''), ...folders('src'), 'schema.graphql'];
  expect(told.toSorted()).toEqual(there.toSorted());
});

test('a link within README leads to a heading', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = '']) => `#${heading.toLowerCase().replaceAll(' ', '-')}`,
  );
  const links = [...text.matchAll(/\]\((#[^)]+)\)/g)].map(([, link]) => link);
  expect(anchors).toEqual(expect.arrayContaining(links));
});

function nameOf({ section, before, text }: Block): string {
  const [, bold] = /\*\*([^*]+)\*\*[^*]*$/.exec(before) ?? [];
  return bold ?? `${section}: ${text.split('\n', 1)[0] ?? ''}`;
}

/** The JSON that stands right below an example: variables, then the answer. */
function companions(
  section: string,
  text: string,
): { readonly given?: object; readonly answer?: unknown } {
  const list = blocks(section);
  const at = list.findIndex((block) => block.text === text);
  const end = list.findIndex(({ language }, index) => index > at && language !== 'json');
  const below = list.slice(at + 1, end === -1 ? undefined : end);
  const values = below.map((block): object => JSON.parse(block.text));
  const given = values.find((value) => !('data' in value));
  const answer = values.find((value) => 'data' in value);
  return { ...(given && { given }), answer };
}

function typeNames(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === '__typename' ? [String(item)] : typeNames(item),
  );
}

function isFailure(name: string): boolean {
  return !name.endsWith('Success') && name !== 'DryRun';
}

type Tools = Readonly<Record<string, GraphQLInputField>>;

/**
 * The inputs that hold the tools of an association, by the name that README gives it:
 * Post.comments.
 */
function associationInputs(): readonly (readonly [string, Tools])[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isInputObjectType(type) || !('cast' in type.getFields())) return [];
    const [, owner, name = ''] = /^([A-Z][a-z]+)(\w+)Input$/.exec(type.name) ?? [];
    return [[`${owner}.${name.toLowerCase()}`, type.getFields()] as const];
  });
}

function onReplaceOf(tool: GraphQLInputField | undefined): readonly string[] {
  const input = tool && getNamedType(tool.type);
  const field = isInputObjectType(input) && input.getFields()['onReplace'];
  const values = field ? getNamedType(field.type) : undefined;
  if (!field || !isEnumType(values)) return [];
  const all = values.getValues();
  const standard = all.find(({ value }) => value === field.defaultValue);
  const rest = all.filter((value) => value !== standard);
  return [standard, ...rest].map((value) => value?.name ?? '');
}
