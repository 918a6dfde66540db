import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const rooms = [
  'generator',
  'model',
  'changeset',
  'plan',
  'domain',
  'repo',
  'mutation',
  'pothos',
  'postgres',
];
const source = join(import.meta.dirname, '../src');

/** The code of each file of the library, by its path; comments left out. */
const files = rooms.flatMap((room) =>
  readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(room, file)),
);

test.each(rooms)('the folder %s knows no model of the blog by name', (room) => {
  const own = files.filter((file) => file.startsWith(`${room}/`));
  expect(own.length).toBeGreaterThan(0);
  const named = own.filter((file) => /\b(Post|Comment|Author|Tag|Permalink)\b/.test(codeOf(file)));
  expect(named).toEqual([]);
});

test('a door says by name what it offers', () => {
  const doors = ['index.ts', ...files.filter((file) => file.endsWith('/index.ts'))];
  expect(doors).toHaveLength(5);
  expect(doors.filter((file) => /export \*/.test(codeOf(file)))).toEqual([]);
});

test('what prisma-assoc/changeset loads is pure: no package, no module of Node, no I/O', () => {
  const loaded = closureOf('changeset/index.ts');
  expect(loaded.length).toBeGreaterThan(30);
  const rooms = new Set(loaded.map((file) => file.split('/', 1)[0] ?? ''));
  expect(rooms).toEqual(new Set(['changeset', 'domain', 'model', 'plan']));
});

/** The files that a file loads at runtime, itself and all below it. */
function closureOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const imports = codeOf(file).matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm);
  const below = [...imports].flatMap(([, path = '']) =>
    closureOf(path.startsWith('.') ? join(dirname(file), path) : path, seen),
  );
  return [file, ...below];
}

function codeOf(file: string): string {
  const text = readFileSync(join(source, file), 'utf8');
  return text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}
