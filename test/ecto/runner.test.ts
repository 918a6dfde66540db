import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { type Case, type Expectation, readCase } from './case.ts';
import { judge, type Verdict } from './judge.ts';
import { keptCase, useWorld } from './kept-cases.ts';
import { failureLine, judgeAll, readCases } from './report.ts';

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
const movedMeanwhile = '7419735c';
const newTree = '0f60b79f';
const nothingLeft = 'e125fa9b';
const authorsPosts = '9997567c';

type Change = (expected: Expectation) => Partial<Expectation>;

/** What differs when a kept case is judged by another expectation. */
async function problemsOf(id: string, change: Change) {
  const recorded = keptCase(id);
  const expected = { ...recorded.expect, ...change(recorded.expect) };
  return judgedProblems({ ...recorded, expect: expected });
}

async function judgedProblems(recorded: Case): Promise<string> {
  const verdict = await judge(world.current, recorded);
  if (verdict.kind === 'skipped') throw new Error(verdict.reason);
  return verdict.problems.join('; ');
}

function withAction(at: number, change: Values): Change {
  return ({ actions = [] }) => ({
    actions: actions.map((action, i) => (i === at ? { ...action, ...change } : action)),
  });
}

function withRow(table: string, at: number, change: Values): Change {
  return ({ rows = {} }) => ({
    rows: {
      ...rows,
      [table]: (rows[table] ?? []).map((row, i) => (i === at ? { ...row, ...change } : row)),
    },
  });
}

describe('the runner fails a case whose expectation is changed', () => {
  test.each<[string, string, Change, string]>([
    ['status', workedExample, () => ({ status: 'invalid' }), 'status:'],
    ['status', blankBody, () => ({ status: 'ok' }), 'status:'],
    ['status', replaceRaises, () => ({ status: 'ok' }), 'status:'],
    [
      'path of an error',
      blankBody,
      ({ errors = [] }) => ({
        errors: errors.map((error) => ({ ...error, path: ['comments', 1] })),
      }),
      'errors:',
    ],
    [
      'message of an error',
      blankBody,
      ({ errors = [] }) => ({
        errors: errors.map((error) => ({ ...error, message: 'is bad' })),
      }),
      'errors:',
    ],
    ['number of errors', blankBody, () => ({ errors: [] }), 'errors:'],
    ['action', workedExample, withAction(2, { action: 'insert' }), 'actions[2]'],
    ['id', workedExample, withAction(1, { id: 11 }), 'actions[1]'],
    ['change', workedExample, withAction(3, { changes: {} }), 'actions[3]'],
    ['model', workedExample, withAction(0, { model: 'Note' }), 'actions[0]'],
    ['path', workedExample, withAction(4, { path: ['notes', 2] }), 'actions[4]'],
    [
      'number of actions',
      workedExample,
      ({ actions = [] }) => ({ actions: actions.slice(0, -1) }),
      'number of actions',
    ],
    [
      'order of what is replaced',
      tooManyTags,
      ({ actions: [root, ...rest] = [] }) => ({
        actions: root && [root, ...rest.toReversed()],
      }),
      'actions[1]',
    ],
    ['value in a row', workedExample, withRow('comments', 0, { body: 'x' }), 'rows:'],
    ['owner of a new row', workedExample, withRow('comments', 2, { post_id: 8 }), 'rows:'],
    ['id of a row', workedExample, withRow('comments', 0, { id: 12 }), 'rows:'],
    [
      'number of rows',
      workedExample,
      ({ rows = {} }) => ({
        rows: { ...rows, comments: (rows['comments'] ?? []).slice(1) },
      }),
      'rows:',
    ],
    [
      'table',
      workedExample,
      ({ rows = {} }) => ({ rows: { ...rows, tags: [{ id: 1 }] } }),
      'rows:',
    ],
    ['row after a refusal', blankBody, withRow('posts', 0, { title: 'x' }), 'rows:'],
    [
      'write to another table',
      workedExample,
      ({ writes = [] }) => ({ writes: [...writes, ['UPDATE', 'posts']] }),
      'writes:',
    ],
    [
      'write less than what is sent',
      workedExample,
      ({ writes = [] }) => ({
        writes: writes.filter(([verb]) => verb !== 'UPDATE'),
      }),
      'writes:',
    ],
    ['number of reads', preloadSome, () => ({ reads: 0 }), 'reads:'],
    ['result', preloadSome, () => ({ result: null }), 'result:'],
    [
      'order that was asked for',
      preloadOrdered,
      ({ result }) => ({ result: reversedComments(result) }),
      'result:',
    ],
    ['exception', staleChild, () => ({ exception: 'RuntimeError' }), 'error:'],
    [
      'stale row',
      staleChild,
      ({ message = '' }) => ({ message: message.replace('id: 12', 'id: 11') }),
      'error:',
    ],
    [
      'association that is said to be wrong',
      replaceRaises,
      ({ message = '' }) => ({
        message: message.replace(':comments of', ':notes of'),
      }),
      'error:',
    ],
    [
      'constraint',
      undeclared,
      ({ message = '' }) => ({
        message: message.replace('comments_post_id_fkey', 'other_fkey'),
      }),
      'error:',
    ],
    [
      'column that is null',
      nullKey,
      ({ message = '' }) => ({ message: message.replace('23502', '23503') }),
      'error:',
    ],
  ])('another %s (%s)', async (_what, id, change, problem) => {
    expect(await problemsOf(id, change)).toContain(problem);
  });

  test('and none that is as it was', async () => {
    for (const id of [workedExample, blankBody, preloadOrdered, staleChild]) {
      expect(await problemsOf(id, () => ({}))).toBe('');
    }
  });
});

describe('the runner accepts', () => {
  test('rows of one verb and table in fewer statements, but not in none', async () => {
    const double: Change = ({ writes = [] }) => ({
      writes: writes.flatMap((write) => [write, write]),
    });
    expect(await problemsOf(workedExample, double)).toBe('');
  });

  test('another order of what is replaced where it was loaded in an order of its own', async () => {
    const { operation, ...recorded } = keptCase(nothingLeft);
    const root = {
      get: 'post',
      id: 7,
      preload: [
        {
          assoc: 'comments',
          query: { from: 'comment', order_by: [['desc', 'id']] },
        },
      ],
    } satisfies Case['operation']['root'];
    const ordered = { ...recorded, operation: { ...operation, root } };
    expect(await judgedProblems(ordered)).toBe('');
  });

  test('other ids of new rows, as long as the same rows share them', async () => {
    const other = (from: number, to: number): Change => {
      return ({ rows }) => ({
        rows: JSON.parse(JSON.stringify(rows).replaceAll(`:${from}`, `:${to}`)) as NonNullable<
          Expectation['rows']
        >,
      });
    };
    expect(await problemsOf(newTree, other(101, 250))).toBe('');
    expect(await problemsOf(newTree, withRow('comments', 0, { post_id: 101 }))).toContain('rows:');
    expect(await problemsOf(newTree, withRow('comments', 0, { post_id: 300 }))).toContain('rows:');
  });
});

test('the runner takes the refusal of a join row for that of its table', async () => {
  const recorded = keptCase(tooManyTags);
  const { casts: _, ...operation } = recorded.operation;
  const three = { get: 'tag', id: 3 };
  const value = [{ current: 1 }, { current: 2 }, three, three];
  const problems = await judgedProblems({
    ...recorded,
    operation: { ...operation, params: {}, puts: [{ assoc: 'tags', value }] },
    expect: {
      status: 'raises',
      exception: 'Postgrex.Error',
      message:
        'ERROR 23505 (unique_violation) duplicate key value violates unique constraint "posts_tags_post_id_tag_id_index"',
      raisedIn: 'repo',
    },
  });
  expect(problems).toBe('');
});

test('the runner takes the refusal of what onDelete deletes for that of its row', async () => {
  const recorded = keptCase(authorsPosts);
  const problems = await judgedProblems({
    ...recorded,
    associations: { posts: { onDelete: 'deleteAll' } },
    operation: {
      kind: 'delete',
      root: { get: 'author', id: 1 },
      repo: 'delete',
    },
    expect: {
      status: 'raises',
      exception: 'Postgrex.Error',
      message:
        'ERROR 23503 (foreign_key_violation) update or delete on table "posts" violates foreign key constraint "comments_post_id_fkey" on table "comments"',
      raisedIn: 'repo',
    },
  });
  expect(problems).toBe('');
});

/** The rules that a case which passes differs by. */
function rulesOf(verdict: Verdict): readonly number[] {
  if (verdict.kind === 'skipped') throw new Error(verdict.reason);
  expect(verdict.problems).toEqual([]);
  return verdict.applied.map(({ rule }) => rule);
}

describe('a difference by design', () => {
  test('is expected exactly: what Ecto did is refused', async () => {
    const recorded = keptCase(movedMeanwhile);
    const verdict = await judge(world.current, recorded);
    expect(rulesOf(verdict)).toEqual([8]);
  });

  test('needs its condition: without the other session the case ends as in Ecto', async () => {
    const { operation, ...recorded } = keptCase(movedMeanwhile);
    const { meanwhile: _, ...alone } = operation;
    const verdict = await judge(world.current, {
      ...recorded,
      operation: alone,
    });
    expect(rulesOf(verdict)).toEqual([]);
  });
});

describe('a file of cases', () => {
  test('may hold what JavaScript cannot say, which is skipped', async () => {
    const text = JSON.stringify([keptCase(workedExample)]);
    const [judged] = await judgeAll(
      world.current,
      readCases(text.replace('"id":11,', '"id":11.0,')),
    );
    expect(judged?.verdict.kind).toBe('judged');
    const params = text.replace('"id":11}', '"id":11.0}');
    const [skipped] = await judgeAll(world.current, readCases(params));
    expect(skipped?.verdict.kind).toBe('skipped');
  });

  test('may hold integers that no JavaScript number holds', () => {
    const text = JSON.stringify([keptCase(undeclared)]);
    const [read] = readCases(text.replace('999', '9223372036854775808'));
    expect(read?.ok && read.case.operation.params).toMatchObject({
      post_id: 9223372036854775808n,
    });
  });

  test('may hold what is no case, which fails by itself', async () => {
    const odd = { ...keptCase(workedExample), operation: { kind: 'dance' } };
    const read = readCase(JSON.parse(JSON.stringify(odd)));
    const judged = await judgeAll(world.current, [
      read,
      { ok: true, case: keptCase(workedExample) },
    ]);
    expect(judged.flatMap(failureLine)).toEqual([
      expect.stringContaining(`FAILED ${workedExample} [cast_assoc has_many] EXAMPLE`),
    ]);
  });

  test('must be a list', () => {
    expect(() => readCases('{}')).toThrow('a file of cases holds a list');
  });
});

function reversedComments(result: Expectation['result']): Values {
  const record = result as Values;
  const comments = record['comments'] as readonly Values[];
  return { ...record, comments: comments.toReversed() };
}
