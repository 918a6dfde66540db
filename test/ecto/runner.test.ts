import { describe, expect, test } from 'vitest';
import { type Case, type Expectation, readCase } from './case.ts';
import { parseJson } from './json.ts';
import { judge } from './judge.ts';
import { keptCase, useWorld } from './kept-cases.ts';
import { failureLine, judgeAll, readCases, runCases } from './report.ts';

const world = useWorld();

const workedExample = 'bbe627e6';
const blankBody = '205930a4';
const tooManyTags = '70e07667';
const replaceRaises = '9f7de91a';
const staleChild = 'c506b1de';
const undeclared = '4528bf43';
const nullKey = 'f4a87ca3';
const preloadSome = 'b09d6468';
const preloadOrdered = 'bc004cc7';
const newTree = '0f60b79f';
const nothingLeft = 'e125fa9b';
const authorsPosts = '9997567c';

async function problemsOf(recorded: Case): Promise<string> {
  const verdict = await judge(world.current, recorded);
  if (verdict.kind === 'skipped') throw new Error(verdict.reason);
  return verdict.problems.join('; ');
}

/** A kept case of whose expectation some text is another. */
function edited(id: string, from: string | RegExp, to: string): Case {
  const recorded = keptCase(id);
  const text = JSON.stringify(recorded.expect);
  const other = text.replace(from, to);
  expect(other).not.toBe(text);
  return { ...recorded, expect: JSON.parse(other) as Expectation };
}

test.each<[string, string, string | RegExp, string, string]>([
  ['status', workedExample, '"ok"', '"invalid"', 'status:'],
  ['status', blankBody, '"invalid"', '"ok"', 'status:'],
  ['status', replaceRaises, '"raises"', '"ok"', 'status:'],
  ['path of an error', blankBody, '0,"body"', '1,"body"', 'errors:'],
  ['message of an error', blankBody, "can't be blank", 'is bad', 'errors:'],
  ['number of errors', blankBody, /\{[^{]*blank"\}/, '', 'status:'],
  ['action', workedExample, '"update"', '"insert"', 'actions[2]'],
  ['id', workedExample, '"id":10', '"id":11', 'actions[1]'],
  ['change', workedExample, '"Thank you', '"No thank you', 'actions[3]'],
  ['model', workedExample, '"Post"', '"Note"', 'actions[0]'],
  ['path', workedExample, '["comments",2]', '["notes",2]', 'actions[4]'],
  ['number of actions', workedExample, /,\{[^{]*\{[^{]*\}\}\]/, ']', 'number of'],
  ['order of what is replaced', tooManyTags, '"id":2', '"id":1', 'actions[1]'],
  ['value in a row', workedExample, '"What', '"Who', 'rows:'],
  ['owner of a row', workedExample, '"post_id":7', '"post_id":8', 'rows:'],
  ['id of a row', workedExample, '"id":11,"p', '"id":12,"p', 'rows:'],
  ['number of rows', workedExample, /"comments":\[\{[^{]*\},/, '"comments":[', 'rows:'],
  ['table', workedExample, '"posts":', '"tags":[{"id":1}],"posts":', 'rows:'],
  ['row after a refusal', blankBody, '"A story', '"No story', 'rows:'],
  [
    'write to another table',
    workedExample,
    '"writes":[',
    '"writes":[["UPDATE","posts"],',
    'writes:',
  ],
  ['write less than what is sent', workedExample, '["UPDATE","comments"],', '', 'writes:'],
  ['number of reads', preloadSome, '"reads":1', '"reads":0', 'reads:'],
  ['result', preloadSome, '"loaded"', '"built"', 'result:'],
  [
    'order that was asked for',
    preloadOrdered,
    /(\{[^{]*?"id":12[^}]*\}),(\{[^}]*\})/,
    '$2,$1',
    'result:',
  ],
  ['exception', staleChild, 'Ecto.StaleEntryError', 'RuntimeError', 'error:'],
  ['stale row', staleChild, 'id: 12', 'id: 11', 'error:'],
  ['association', replaceRaises, ':comments of', ':notes of', 'error:'],
  ['constraint', undeclared, 'comments_post_id_fkey', 'other_fkey', 'error:'],
  ['column that is null', nullKey, '23502', '23503', 'error:'],
])('another %s fails (%s)', async (_what, id, from, to, problem) => {
  expect(await problemsOf(edited(id, from, to))).toContain(problem);
});

describe('the runner accepts', () => {
  test('rows of one verb and table in fewer statements, but not in none', async () => {
    const twice = edited(workedExample, /(\["\w+","comments"\])(?=[,\]])/g, '$1,$1');
    expect(await problemsOf(twice)).toBe('');
  });

  test('another order of what is replaced where it was loaded in an order of its own', async () => {
    const { operation, ...recorded } = keptCase(nothingLeft);
    const order: ['desc', string][] = [['desc', 'id']];
    const query = { from: 'comment', order_by: order };
    const root = {
      get: 'post',
      id: 7,
      preload: [{ assoc: 'comments', query }],
    };
    const ordered = { ...recorded, operation: { ...operation, root } };
    expect(await problemsOf(ordered)).toBe('');
  });

  test.each<[string, string | RegExp, string, string]>([
    ['other ids of new rows', /(?<=id":)101/g, '250', ''],
    ['not the id of another row', '"post_id":100', '"post_id":101', 'rows:'],
    ['not the id of no row', '"post_id":100', '"post_id":300', 'rows:'],
  ])('%s', async (_what, from, to, problem) => {
    expect(await problemsOf(edited(newTree, from, to))).toContain(problem);
  });

  test.each<[string, string, Partial<Case>, string]>([
    [
      'the refusal of a join row for that of its table',
      tooManyTags,
      {
        operation: {
          kind: 'put_assoc',
          root: { get: 'post', id: 7, preload: ['tags'] },
          puts: [
            {
              assoc: 'tags',
              value: [
                { get: 'tag', id: 3 },
                { get: 'tag', id: 3 },
              ],
            },
          ],
          repo: 'update',
        },
      },
      'ERROR 23505 (unique_violation) duplicate key value violates unique constraint "posts_tags_post_id_tag_id_index"',
    ],
    [
      'the refusal of what onDelete deletes for that of its row',
      authorsPosts,
      {
        associations: { posts: { onDelete: 'deleteAll' } },
        operation: {
          kind: 'delete',
          root: { get: 'author', id: 1 },
          repo: 'delete',
        },
      },
      'ERROR 23503 (foreign_key_violation) update or delete on table "posts" violates foreign key constraint "comments_post_id_fkey" on table "comments"',
    ],
  ])('%s', async (_what, id, change, message) => {
    const recorded: Case = {
      ...keptCase(id),
      ...change,
      expect: { status: 'raises', exception: 'Postgrex.Error', message },
    };
    expect(await problemsOf(recorded)).toBe('');
  });
});

describe('a file of cases', () => {
  const run = (...cases: readonly object[]) => runCases(world.current, JSON.stringify(cases));

  test('is reported by a line for each case that fails, the counts and the exit code', async () => {
    const changed = {
      ...edited(workedExample, '"ok"', '"invalid"'),
      id: 'odd',
    };
    const { lines, exitCode } = await run(keptCase(workedExample), changed);
    expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([
      expect.stringMatching(/^FAILED odd \[cast_assoc has_many\] EXAMPLE.*: status: /),
    ]);
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
    expect(exitCode).toBe(1);
    expect(await run(keptCase(workedExample))).toMatchObject({ exitCode: 0 });
  });

  test('may hold what JavaScript cannot say, which is skipped', async () => {
    const text = JSON.stringify([keptCase(workedExample)]);
    const kindsOf = async (from: string, to: string) =>
      (await judgeAll(world.current, readCases(text.replace(from, to)))).map(
        ({ verdict }) => verdict.kind,
      );
    expect(await kindsOf('"id":11,', '"id":11.0,')).toEqual(['judged']);
    expect(await kindsOf('"id":11}', '"id":11.0}')).toEqual(['skipped']);
  });

  test('may hold integers that no JavaScript number holds', () => {
    const text = JSON.stringify(keptCase(undeclared));
    const read = readCase(parseJson(text.replace('999', '9223372036854775808')));
    expect(read.ok && read.case.operation.params).toMatchObject({
      post_id: 9223372036854775808n,
    });
  });

  test('may hold what is no case, which fails by itself', async () => {
    const odd = { ...keptCase(workedExample), operation: { kind: 'dance' } };
    const read = readCase(parseJson(JSON.stringify(odd)));
    const rest = readCases(JSON.stringify([keptCase(workedExample)]));
    const judged = await judgeAll(world.current, [read, ...rest]);
    expect(judged.flatMap(failureLine)).toEqual([
      expect.stringContaining(`FAILED ${workedExample} [cast_assoc has_many] EXAMPLE`),
    ]);
  });

  test('must be a list', () => {
    expect(() => readCases('{}')).toThrow('a file of cases holds a list');
  });
});
