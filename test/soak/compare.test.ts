import { describe, expect, test } from 'vitest';
import type { Operation } from '../support/mutation.ts';
import { compare, type Evidence } from './compare.ts';
import type { Columns, JournalRow } from './journal.ts';
import { verdictOf } from './verdict.ts';
import { type Ending, nameOf, type Sent } from './writer.ts';

/*
 * What a soak finds when a service loses a write, doubles one, or writes what nobody asked for.
 */

const comment = (id: number, body: string, lock_version = 1): Columns => ({
  id,
  body,
  post_id: 7,
  lock_version,
});
const rows = (...list: readonly Columns[]) =>
  new Map(list.map((row) => [`comments ${String(row['id'])}`, row]));

const operation = (action: string, id: number, changes: Operation['changes'] = []): Operation => ({
  action,
  type: 'Comment',
  recordId: `${id}`,
  path: [],
  changes,
});

function sent(
  turn: number,
  name: Sent['mutation']['name'],
  ending: Ending,
  args: object = {},
): Sent {
  const mutation = { name, args: { ...args } };
  return { mark: `w0.${turn}.`, mutation, key: null, ending, replies: [nameOf(ending)], took: 1 };
}

const written = (...operations: readonly Operation[]): Ending => ({
  kind: 'answered',
  result: { __typename: 'Success', changeset: { operations } },
});

const wrote = (transaction: string, from: Columns | null, to: Columns | null): JournalRow => ({
  transaction,
  table: 'comments',
  from,
  to,
});

const edit = sent(
  0,
  'updateComment',
  written(operation('UPDATE', 10, [{ field: 'body', from: 'a', to: 'w0.0. b' }])),
);
const build = sent(
  1,
  'buildPostComment',
  written(
    operation('INSERT', 12, [
      { field: 'body', from: null, to: 'w0.1. c' },
      { field: 'postId', from: null, to: '7' },
    ]),
  ),
);
const remove = sent(2, 'deleteComment', written(operation('DELETE', 11)), {
  id: '11',
});

/** Three requests, all of them acknowledged, each written once. */
const good: Evidence = {
  before: rows(comment(10, 'a'), comment(11, 'gone')),
  sent: [edit, build, remove],
  journal: [
    wrote('1', comment(10, 'a'), comment(10, 'w0.0. b', 2)),
    wrote('2', null, comment(12, 'w0.1. c')),
    wrote('3', comment(11, 'gone'), null),
  ],
  after: rows(comment(10, 'w0.0. b', 2), comment(12, 'w0.1. c')),
};

const withAfter = (row: Columns): Evidence => ({
  ...good,
  after: new Map([...good.after, ...rows(row)]),
});

describe('a comparison finds', () => {
  test('nothing where each acknowledged write is there, once', () => {
    expect(compare(good)).toEqual({ differences: [], unknownKept: 0 });
  });

  test.each<[string, Evidence, string]>([
    [
      'an acknowledged write that is missing',
      {
        ...good,
        journal: good.journal.filter(({ transaction }) => transaction !== '2'),
        after: rows(comment(10, 'w0.0. b', 2)),
      },
      'acknowledged, not written: buildPostComment w0.1.\nINSERT Comment 12 {"body":"w0.1. c","post_id":"7"}',
    ],
    [
      'a write that was applied twice',
      {
        ...good,
        journal: [...good.journal, wrote('4', null, comment(13, 'w0.1. c'))],
        after: new Map([...good.after, ...rows(comment(13, 'w0.1. c'))]),
      },
      'written, not acknowledged or twice:\nINSERT Comment 13 {"body":"w0.1. c","post_id":"7"}\nby buildPostComment w0.1. without a key: written',
    ],
    [
      'the write of a request that was refused',
      {
        ...good,
        sent: [edit, sent(1, 'buildPostComment', { kind: 'refused', code: 'UNAVAILABLE' }), remove],
      },
      'written, not acknowledged or twice:\nINSERT Comment 12 {"body":"w0.1. c","post_id":"7"}\nby buildPostComment w0.1. without a key: UNAVAILABLE',
    ],
    [
      'a row that was lost since',
      { ...good, after: rows(comment(10, 'w0.0. b', 2)) },
      'comments 12 is not there, not {"body":"w0.1. c","id":"12","lock_version":"1","post_id":"7"}',
    ],
    [
      'a row that is still there',
      withAfter(comment(11, 'gone')),
      'comments 11 is {"body":"gone","id":"11","lock_version":"1","post_id":"7"}, not gone',
    ],
    [
      'a row that nobody wrote',
      withAfter(comment(99, 'x')),
      'comments 99 is {"body":"x","id":"99","lock_version":"1","post_id":"7"}, not gone',
    ],
    [
      'a row with another value',
      withAfter(comment(10, 'x', 2)),
      'comments 10 is {"body":"x","id":"10","lock_version":"2","post_id":"7"}, not {"body":"w0.0. b","id":"10","lock_version":"2","post_id":"7"}',
    ],
    [
      'a row with another version',
      withAfter(comment(10, 'w0.0. b', 3)),
      'comments 10 is {"body":"w0.0. b","id":"10","lock_version":"3","post_id":"7"}, not {"body":"w0.0. b","id":"10","lock_version":"2","post_id":"7"}',
    ],
  ])('%s', (_what, evidence, difference) => {
    const { differences } = compare(evidence);
    expect(differences).toEqual([difference]);
    expect(verdictOf({ differences, acknowledged: 1 })).toEqual({
      isGood: false,
      line: '1 differences, 100 % acknowledged',
    });
  });
});

describe('a request whose outcome is unknown', () => {
  const unknown: Evidence = {
    ...good,
    sent: [edit, sent(1, 'buildPostComment', { kind: 'unknown' }), remove],
  };

  test('may have been written, and is counted then', () => {
    expect(compare(unknown)).toEqual({ differences: [], unknownKept: 1 });
  });

  test('need not have been', () => {
    const journal = good.journal.filter(({ transaction }) => transaction !== '2');
    const after = rows(comment(10, 'w0.0. b', 2));
    expect(compare({ ...unknown, journal, after })).toEqual({
      differences: [],
      unknownKept: 0,
    });
  });

  test('must not have been written twice', () => {
    const again = comment(13, 'w0.1. c');
    const { differences } = compare({
      ...unknown,
      journal: [...good.journal, wrote('4', null, again)],
      after: new Map([...good.after, ...rows(again)]),
    });
    expect(differences).toEqual([
      'written, not acknowledged or twice:\nINSERT Comment 13 {"body":"w0.1. c","post_id":"7"}\nby buildPostComment w0.1. without a key: outcome unknown',
    ]);
  });
});

test.each([
  [0.8, true, 'every acknowledged write is there, once; nothing else is'],
  [0.79, false, '0 differences, 79 % acknowledged'],
])(
  'a soak of which %d of the requests are acknowledged is good: %s',
  (acknowledged, isGood, line) => {
    expect(verdictOf({ differences: [], acknowledged })).toEqual({
      isGood,
      line,
    });
  },
);
