import { describe, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { CastAssocOptions } from '../../src/changeset/assoc/options.ts';
import { cast } from '../../src/changeset/cast.ts';
import { type Changeset, putAction } from '../../src/changeset/changeset.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import { idText } from '../../src/model/key.ts';
import { buildStruct, loadStruct, type Struct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { modelOf, modelsWith } from '../support/core.ts';

const models = modelsWith({
  'Post.comments': { onReplace: 'delete' },
  'Post.tags': { onReplace: 'delete' },
  'Post.permalink': { onReplace: 'nilify' },
  'Post.author': { onReplace: 'nilify' },
});
const load = (model: string, fields: Values) => loadStruct(modelOf(models, model), fields);

/**
 * Of each kind of association: its text, the record that is there, one of elsewhere, and the writes
 * that relate that one with another text, beside what is there or, of a to-one, in its place.
 */
const kinds = {
  comments: {
    field: 'body',
    record: load('Comment', { id: 1n, body: 'a', post_id: 7n }),
    other: load('Comment', { id: 2n, body: 'a', post_id: 8n }),
    writes: ['update Comment 2 {"body":"b","post_id":"7"}'],
  },
  tags: {
    field: 'name',
    record: load('Tag', { id: 1n, name: 'a' }),
    other: load('Tag', { id: 2n, name: 'a' }),
    writes: ['update Tag 2 {"name":"b"}', 'link Tag 2'],
  },
  permalink: {
    field: 'url',
    record: load('Permalink', { id: 1n, url: 'a', post_id: 7n }),
    other: load('Permalink', { id: 2n, url: 'a', post_id: null }),
    writes: ['update Permalink 1 {"post_id":null}', 'update Permalink 2 {"url":"b","post_id":"7"}'],
  },
  author: {
    field: 'name',
    record: load('Author', { id: 1n, name: 'a' }),
    other: load('Author', { id: 2n, name: 'a' }),
    writes: ['update Author 2 {"name":"b"}', 'update Post 7 {"author_id":"2"}'],
  },
};

const texts = ['body', 'name', 'url'];
const isMany = (name: string) => name === 'comments' || name === 'tags';

function postWith(name: string, record: Struct): Struct {
  const fields = { id: 7n, title: 't', author_id: 1n };
  return loadStruct(modelOf(models, 'Post'), fields, { [name]: isMany(name) ? [record] : record });
}

/** A cast under relate; of a list beside what is there, which has the id 1. */
function relate(
  post: Struct,
  name: string,
  entries: readonly object[],
  options: Partial<CastAssocOptions> = {},
): Changeset {
  const list = post.state === 'built' ? entries : [{ id: 1 }, ...entries];
  const params = { [name]: isMany(name) ? list : (entries[0] ?? null) };
  return castAssoc(cast(post, params, []), name, {
    onUnknown: 'relate',
    forceUpdateOnChange: false,
    with(child, sent) {
      const done = cast(
        child,
        sent,
        texts.filter((field) => child.model.fields.has(field)),
      );
      return 'delete' in sent ? putAction(done, 'delete') : done;
    },
    ...options,
  });
}

function writesOf(changeset: Changeset): string[] {
  const { operations } = planWrite(changeset).plan;
  return operations.flatMap(({ action, model, row, ...operation }) => {
    if (action === 'unchanged') return [];
    const changes = 'changes' in operation ? [JSON.stringify(operation.changes, bigintAsText)] : [];
    const id = 'key' in row ? idText(Object.values(row.key)) : 'new';
    return [[action, model, id, ...changes].join(' ')];
  });
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

const codesOf = (changeset: Changeset) => listErrors(changeset).map(({ code }) => code);

describe.each(Object.entries(kinds))('under onUnknown relate an entry of %s', (name, kind) => {
  const { field, record, other, writes } = kind;
  const post = postWith(name, record);
  const options = { elsewhere: [other] };
  const entry = { id: '2', [field]: 'b' };

  test('that names a record of elsewhere associates it, with its changes', () => {
    const changeset = relate(post, name, [entry], options);
    expect(changeset.valid).toBe(true);
    expect(writesOf(changeset)).toEqual(writes);
  });

  test('that names it for a new owner associates it there', () => {
    const built = buildStruct(modelOf(models, 'Post'), { title: 't' });
    const changeset = relate(built, name, [entry], options);
    expect(changeset.valid).toBe(true);
    expect(changeset.assocs[name]?.entries).toMatchObject([
      { current: null, changeset: { action: 'update', data: other, changes: { [field]: 'b' } } },
    ]);
  });

  test('means the record that is there by its own id', () => {
    const changeset = relate(post, name, isMany(name) ? [] : [{ id: 1, [field]: 'a' }], {
      elsewhere: [record, other],
    });
    expect(changeset).toMatchObject({ valid: true, assocs: {} });
  });

  test.each([
    ['nobody has', { id: 3 }, 'NOT_IN_ASSOCIATION'],
    ['is none', { id: 'x' }, 'INVALID'],
    ['is to be deleted', { id: 2, delete: true }, 'NOT_IN_ASSOCIATION'],
  ])('whose id %s is an issue', (_what, wrong, code) => {
    expect(codesOf(relate(post, name, [wrong], options))).toEqual([code]);
  });

  test('that misses what its record has misses nothing', () => {
    const changeset = relate(post, name, [{ id: 2 }], {
      ...options,
      with: (child, sent) => validateRequired(cast(child, sent, [field]), [field]),
    });
    expect(changeset.valid).toBe(true);
  });

  test.each(['issue', 'insert'] as const)('names nothing of elsewhere under %s', (onUnknown) => {
    const changeset = relate(post, name, [entry], { ...options, onUnknown });
    const added = changeset.assocs[name]?.entries.at(-1)?.changeset;
    expect(added).toMatchObject({ action: 'insert', data: { state: 'built' } });
  });
});

test('the same record twice in a list is DUPLICATE_ENTRY', () => {
  const { record, other } = kinds.comments;
  const post = postWith('comments', record);
  const changeset = relate(post, 'comments', [{ id: 2 }, { id: '02' }], { elsewhere: [other] });
  expect(listErrors(changeset)).toMatchObject([
    { code: 'DUPLICATE_ENTRY', path: ['comments', 2, 'id'] },
  ]);
});

test('a to-one that is updated in place is meant by any id', () => {
  const { record, other } = kinds.permalink;
  const changeset = relate(postWith('permalink', record), 'permalink', [{ id: 2, url: 'b' }], {
    elsewhere: [other],
    onReplace: 'update',
  });
  expect(writesOf(changeset)).toEqual(['update Permalink 1 {"url":"b"}']);
});

test('the rule of an association holds where a cast names none', () => {
  const ruled = modelsWith({ 'Post.comments': { onUnknown: 'relate', onReplace: 'delete' } });
  const other = loadStruct(modelOf(ruled, 'Comment'), { id: 2n, body: 'a', post_id: 8n });
  const post = loadStruct(modelOf(ruled, 'Post'), { id: 7n }, { comments: [] });
  const changeset = castAssoc(cast(post, { comments: [{ id: 2 }] }, []), 'comments', {
    with: (child) => cast(child, {}, []),
    forceUpdateOnChange: false,
    elsewhere: [other],
  });
  expect(writesOf(changeset)).toEqual(['update Comment 2 {"post_id":"7"}']);
});

test.each([
  ['of another model', load('Tag', { id: 2n }), 'a Tag that is loaded'],
  ['that is not stored', buildStruct(modelOf(models, 'Comment')), 'a Comment that is built'],
])('a record of elsewhere %s is misuse', (_what, odd, what) => {
  const post = postWith('comments', kinds.comments.record);
  expect(() => relate(post, 'comments', [], { elsewhere: [odd] })).toThrow(
    `cannot castAssoc "comments" of Post: elsewhere holds ${what}. Give stored records of Comment.`,
  );
});
