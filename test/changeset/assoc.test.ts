import { describe, expect, test } from 'vitest';
import { applyChanges, getAssoc } from '../../src/changeset/apply-changes.ts';
import { buildAssoc, castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { addError, change, putAction } from '../../src/changeset/changeset.ts';
import { listErrors, messageOf } from '../../src/changeset/traverse-errors.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import { modelOf, modelsWith, type Rules } from '../support/core.ts';

function setup(rules: Rules = {}) {
  const models = modelsWith({
    'Post.comments': { onReplace: 'delete' },
    ...rules,
  });
  const model = (name: string) => modelOf(models, name);
  const comment = (id: bigint, body = `b${id}`) =>
    loadStruct(model('Comment'), { id, body, post_id: 7n, position: null });
  const post = (...comments: Struct[]) =>
    loadStruct(
      model('Post'),
      { id: 7n, title: 't', author_id: null },
      { comments, author: null, tags: [], permalink: null },
    );
  const castComments = (changeset: Changeset | Struct, comments: unknown) =>
    castAssoc(cast(changeset, { comments }, []), 'comments', {
      with: (child, params) => validateRequired(cast(child, params, ['body']), ['body']),
    });
  return { models, model, comment, post, castComments };
}

/** The entries of an association: action, id and changes of each, what is replaced in front. */
function entriesOf({ assocs }: Changeset, name: string): unknown[] {
  const assoc = assocs[name];
  if (!assoc) return [];
  const all = [...assoc.replaced, ...assoc.entries.map((e) => e.changeset)];
  return all.map(({ action, data, changes }) => [action, data.fields['id'] ?? null, changes]);
}

describe('castAssoc', () => {
  test('takes an entry without a key for the record that is not stored yet', () => {
    const { post, model, castComments } = setup();
    const unsaved = buildStruct(model('Comment'), { body: 'draft' });
    const changeset = castComments(post(unsaved), [{ body: 'new' }]);
    expect(entriesOf(changeset, 'comments')).toEqual([['update', null, { body: 'new' }]]);
  });

  test('keeps the last of two current records of one key', () => {
    const { post, comment, castComments } = setup();
    const twice = post(comment(1n, 'first'), comment(1n, 'last'));
    const changeset = castComments(twice, [{ id: 1, body: 'first' }]);
    expect(entriesOf(changeset, 'comments')).toEqual([['update', 1n, { body: 'first' }]]);
  });

  test('makes its owner invalid by an entry that is to be deleted, too', () => {
    const { post, comment } = setup();
    const data = cast(post(comment(1n)), { comments: [{ id: 1 }] }, []);
    const changeset = castAssoc(data, 'comments', {
      with: (child, params) => addError(putAction(cast(child, params, []), 'delete'), 'body', 'no'),
    });
    expect(changeset.valid).toBe(false);
  });

  test('counts the entries for its changeset function, ignored ones too', () => {
    const { post, comment } = setup();
    const comments = [{ id: 1 }, { ignore: true }, { body: 'new' }];
    const data = cast(post(comment(1n), comment(2n)), { comments }, []);
    const changeset = castAssoc(data, 'comments', {
      with: (child, params, position) => {
        const done = change(cast(child, params, ['body']), { position });
        return params['ignore'] ? putAction(done, 'ignore') : done;
      },
    });
    expect(entriesOf(changeset, 'comments')).toEqual([
      ['replace', 2n, {}],
      ['update', 1n, { position: 0 }],
      ['insert', null, { body: 'new', position: 2 }],
    ]);
  });

  test('starts from what is stored each time: a second cast or put that changes something takes the place of the first', () => {
    const { post, comment, castComments } = setup();
    const data = post(comment(1n), comment(2n));
    const first = castComments(data, [{ id: 1, body: 'x' }]);
    const second = castComments(first, [{ id: 2, body: 'y' }]);
    expect(entriesOf(second, 'comments')).toEqual([
      ['replace', 1n, {}],
      ['update', 2n, { body: 'y' }],
    ]);
    expect(castComments(second, [{ id: 2 }, { id: 1 }]).assocs).toEqual(second.assocs);
    expect(putAssoc(second, 'comments', data.assocs['comments']).assocs).toEqual({});
  });

  test('matches keys of two fields only where both are given', () => {
    const { model } = setup({ 'Country.parcels': { onReplace: 'delete' } });
    const parcel = (number: number) =>
      loadStruct(model('Parcel'), {
        sheet: 1,
        number,
        owner: 'o',
        country_code: 'NL',
      });
    const data = loadStruct(model('Country'), { code: 'NL' }, { parcels: [parcel(1), parcel(2)] });
    const parcels = [
      { sheet: '1', number: '1', owner: 'x' },
      { number: 2, owner: 'y' },
    ];
    const changeset = castAssoc(cast(data, { parcels }, []), 'parcels', {
      with: (child, params) => cast(child, params, ['owner', 'number']),
    });
    expect(changeset.assocs['parcels']?.replaced).toMatchObject([
      { data: { fields: { number: 2 } } },
    ]);
    expect(changeset.assocs['parcels']?.entries).toMatchObject([
      {
        current: { fields: { number: 1 } },
        changeset: { action: 'update', changes: { owner: 'x' } },
      },
      {
        current: null,
        changeset: { action: 'insert', changes: { number: 2, owner: 'y' } },
      },
    ]);
  });

  test('starts a new record from the defaults of the association', () => {
    const { post, castComments } = setup({
      'Post.comments': {
        onReplace: 'delete',
        defaults: { body: 'd', position: 3 },
      },
    });
    const changeset = castComments(post(), [{}, { body: 'b' }]);
    expect(changeset.valid).toBe(true);
    expect(getAssoc(changeset, 'comments')).toMatchObject([
      { fields: { body: 'd', position: 3 } },
      { fields: { body: 'b', position: 3 } },
    ]);
  });
});

describe('putAssoc', () => {
  test('records nothing of a new owner whose entries are all ignored', () => {
    const { model } = setup();
    const owner = change(buildStruct(model('Post')));
    const ignored = putAction(change(buildStruct(model('Comment'))), 'ignore');
    expect(putAssoc(owner, 'comments', [ignored]).assocs).toEqual({});
  });

  test('records nothing where the records are those that are there', () => {
    const { post, comment } = setup();
    const data = post(comment(1n), comment(2n));
    const back = [change(comment(2n)), { id: 1n, body: 'b1' }];
    expect(putAssoc(change(data), 'comments', back).assocs).toEqual({});
    expect(putAssoc(change(data), 'author', null).assocs).toEqual({});
    expect(putAssoc(change(post()), 'comments', []).assocs).toEqual({});
  });

  test('records an empty association of a new owner, so that it reads as empty', () => {
    const { model } = setup();
    const fresh = change(buildStruct(model('Post')));
    const put = putAssoc(putAssoc(fresh, 'comments', []), 'author', null);
    expect(applyChanges(put).assocs).toEqual({ comments: [], author: null });
  });

  test('refuses the second of one stored record, but takes several without a key', () => {
    const { post, comment, model } = setup();
    const other = loadStruct(model('Comment'), {
      id: 9n,
      body: 'o',
      post_id: 8n,
    });
    const put = putAssoc(change(post(comment(1n))), 'comments', [
      comment(1n),
      other,
      other,
      buildStruct(model('Comment'), { body: 'x' }),
      buildStruct(model('Comment'), { body: 'x' }),
    ]);
    expect(listErrors(put).map(({ path, message }) => [...path, message])).toEqual([
      ['comments', 2, 'id', 'has already been taken'],
    ]);
    expect(put.assocs['comments']?.entries).toHaveLength(5);
  });

  test('takes one record twice into a many_to_many, unless that is unique', () => {
    for (const unique of [false, true]) {
      const { post, model } = setup({
        'Post.tags': { onReplace: 'delete', unique },
      });
      const tag = loadStruct(model('Tag'), { id: 1n, name: 'x' });
      const put = putAssoc(change(post()), 'tags', [tag, tag]);
      expect(put.valid).toBe(!unique);
    }
  });

  test('makes its owner invalid by an invalid changeset, without an error of its own', () => {
    const { post, comment } = setup();
    const wrong = addError(change(comment(1n)), 'body', 'no');
    const put = putAssoc(change(post(comment(1n))), 'comments', [wrong]);
    expect(put).toMatchObject({ valid: false, errors: [] });
    expect(listErrors(put).map(messageOf)).toEqual(['no']);
  });

  test.each([
    [null, 'list'],
    ['x', 'list'],
    [[1n, 2n], 'list'],
    [7, 'list'],
  ])('reports %o for a to-many as invalid', (value, type) => {
    const { post } = setup();
    const put = putAssoc(change(post()), 'comments', value);
    expect(put.errors).toMatchObject([
      { field: 'comments', message: 'is invalid', params: { type } },
    ]);
  });

  test('refuses what an earlier change has replaced', () => {
    const { post, comment, castComments } = setup();
    const changed = castComments(post(comment(1n)), []);
    const replaced = changed.assocs['comments']?.replaced;
    expect(() => putAssoc(changed, 'comments', replaced)).toThrow(
      'cannot replace Comment of Post.comments: it is the outcome of an earlier castAssoc or putAssoc.',
    );
  });

  test('puts associations of plain attributes as well', () => {
    const { model } = setup();
    const put = putAssoc(change(buildStruct(model('Author'))), 'posts', [
      { title: 'a', comments: [{ body: 'b' }], permalink: { url: '/a' } },
    ]);
    expect(applyChanges(put).assocs).toMatchObject({
      posts: [
        {
          fields: { title: 'a' },
          assocs: {
            comments: [{ fields: { body: 'b' } }],
            permalink: { fields: { url: '/a' } },
          },
        },
      ],
    });
  });
});

describe('an association is read', () => {
  test('without what is deleted or replaced, which the changeset still shows', () => {
    const { post, comment, castComments } = setup();
    const changeset = castComments(post(comment(1n), comment(2n)), [{ id: 1 }, { body: 'new' }]);
    const ids = (records: readonly Struct[]) => records.map(({ fields }) => fields['id'] ?? null);
    expect(ids(getAssoc(changeset, 'comments'))).toEqual([1n, null]);
    expect(entriesOf(changeset, 'comments')).toHaveLength(3);
    const data = post(comment(1n), comment(2n));
    const deleted = putAssoc(change(data), 'comments', [
      putAction(change(comment(1n)), 'delete'),
      comment(2n),
    ]);
    expect(ids(getAssoc(deleted, 'comments'))).toEqual([2n]);
    expect(applyChanges(deleted).assocs['comments']).toHaveLength(1);
  });

  test('as it is stored where it is not changed, as empty where its owner is new', () => {
    const { post, comment, model } = setup();
    expect(getAssoc(change(post(comment(1n))), 'comments')).toEqual([comment(1n)]);
    expect(getAssoc(change(buildStruct(model('Post'))), 'comments')).toEqual([]);
  });

  test('with the key of the parent that is put, before anything is written', () => {
    const { post, model } = setup();
    const author = loadStruct(model('Author'), { id: 33n, name: 'A' });
    const applied = applyChanges(putAssoc(change(post()), 'author', author));
    expect(applied.fields['author_id']).toBe(33n);
    const left = withAssoc(applied, 'author', author);
    const { models } = setup({ 'Post.author': { onReplace: 'nilify' } });
    const lenient = { ...left, model: modelOf(models, 'Post') };
    const removed = applyChanges(putAssoc(change(lenient), 'author', null));
    expect(removed).toMatchObject({
      fields: { author_id: null },
      assocs: { author: null },
    });
  });
});

describe('buildAssoc', () => {
  test("has the association's defaults, then the attributes that are fields, then the owner's key", () => {
    const { post } = setup({
      'Post.comments': {
        defaults: { body: 'd', position: 1, post_id: 5n },
        where: { position: 4 },
      },
    });
    const attributes = { body: 'b', post_id: 9n, nonsense: 'x' };
    const built = buildAssoc(post(), 'comments', attributes);
    expect(built).toMatchObject({ state: 'built', assocs: {} });
    expect(built.fields).toEqual({
      id: null,
      body: 'b',
      position: 1,
      post_id: 7n,
      lock_version: 1,
    });
  });

  test('copies every field of a record, and is new all the same', () => {
    const { post, comment } = setup();
    const built = buildAssoc(post(), 'comments', comment(3n).fields);
    expect(built).toMatchObject({
      state: 'built',
      fields: { id: 3n, body: 'b3' },
    });
  });

  test('sets no key for a belongs_to or a many_to_many, nor that of an owner without one', () => {
    const { post, model } = setup();
    const author = buildAssoc(post(), 'author', { name: 'A' });
    expect(author.fields).toEqual({ id: null, name: 'A' });
    expect(buildAssoc(post(), 'tags', { name: 'x' }).fields).toEqual({
      id: null,
      name: 'x',
    });
    const unsaved = buildStruct(model('Post'));
    expect(buildAssoc(unsaved, 'comments').fields['post_id']).toBeNull();
  });

  test('lets input be cast over it, which reaches the key only where that is permitted', () => {
    const { post } = setup();
    const built = buildAssoc(post(), 'comments');
    const params: Params = { body: 'b', post_id: 9 };
    expect(cast(built, params, ['body']).changes).toEqual({ body: 'b' });
    expect(applyChanges(cast(built, params, ['body'])).fields['post_id']).toBe(7n);
    expect(cast(built, params, ['post_id']).changes).toEqual({ post_id: 9n });
  });
});
