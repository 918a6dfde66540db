import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { CastAssocOptions } from '../../src/changeset/assoc/options.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { addError, change, putAction } from '../../src/changeset/changeset.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import type { OnReplace } from '../../src/model/model.ts';
import { buildStruct, loadStruct } from '../../src/model/struct.ts';
import { modelOf, modelsWith } from '../support/core.ts';

function setup(onReplace: OnReplace = 'delete') {
  const models = modelsWith({
    'Post.permalink': { onReplace },
    'Comment.post': { onReplace },
  });
  const permalink = loadStruct(modelOf(models, 'Permalink'), {
    id: 5n,
    url: 'a',
    post_id: 7n,
  });
  const post = loadStruct(
    modelOf(models, 'Post'),
    { id: 7n, title: 't', author_id: null },
    { permalink, comments: [] },
  );
  const comment = loadStruct(
    modelOf(models, 'Comment'),
    { id: 10n, body: 'b', post_id: 7n },
    { post },
  );
  const newPost = buildStruct(modelOf(models, 'Post'));
  const newPermalink = buildStruct(modelOf(models, 'Permalink'));
  return { post, comment, newPost, newPermalink };
}

const options: CastAssocOptions = {
  with: (child, params) => {
    const done = cast(child, params, child.model.name === 'Post' ? [] : ['url']);
    if (params['skip']) return putAction(done, 'ignore');
    return params['drop'] ? putAction(done, 'delete') : done;
  },
};

const messagesOf = (...args: Parameters<typeof castAssoc>) =>
  listErrors(castAssoc(...args)).map(({ path, message }) => [path.join('.'), message]);

describe('an entry of a to-one that is to be ignored', () => {
  test('replaces nothing', () => {
    const { post, newPermalink } = setup();
    const params = { permalink: { url: 'new', skip: true } };
    const done = castAssoc(cast(post, params, []), 'permalink', options);
    expect(done.assocs).toEqual({});
    const ignored = putAction(change(newPermalink), 'ignore');
    expect(putAssoc(change(post), 'permalink', ignored).assocs).toEqual({});
  });

  test('is not recorded of a new owner either', () => {
    const params = { permalink: { url: 'new', skip: true } };
    const data = cast(setup().newPost, params, []);
    expect(castAssoc(data, 'permalink', options).assocs).toEqual({});
  });
});

describe('a to-one that may not be replaced', () => {
  const params = { permalink: { url: 'new', drop: true } };

  test('is told of before what is wrong with its entry', () => {
    const { post } = setup('raise');
    expect(() => castAssoc(cast(post, params, []), 'permalink', options)).toThrow(
      'cannot replace "permalink" of Post: its onReplace is "raise"',
    );
  });

  test('is an error whatever its entry is to become', () => {
    const { post } = setup('markAsInvalid');
    const data = cast(post, params, []);
    expect(messagesOf(data, 'permalink', options)).toEqual([['permalink', 'is invalid']]);
  });
});

describe('a refusal', () => {
  test('of a replacement is told as invalidMessage', () => {
    const data = cast(setup('markAsInvalid').post, { permalink: null }, []);
    const invalidMessage = 'must stay';
    expect(messagesOf(data, 'permalink', { ...options, invalidMessage })).toEqual([
      ['permalink', 'must stay'],
    ]);
  });

  test('meets the delete of a parent that its record cannot be without', () => {
    const { comment } = setup('raise');
    const data = cast(comment, { post: { id: 7, drop: true } }, []);
    expect(messagesOf(data, 'post', options)).toEqual([['post', "can't be blank"]]);
  });

  test('of letting go what is required is told as requiredMessage', () => {
    const data = cast(setup('nilify').comment, { post: null }, []);
    const required = { required: true, requiredMessage: 'needs a post' };
    expect(messagesOf(data, 'post', { ...options, ...required })).toEqual([
      ['post', 'needs a post'],
    ]);
  });
});

describe('a required to-one', () => {
  const params = (entry: object | null) => ({ permalink: entry });
  test.each<[string, object | null, string[]]>([
    ['that is to be deleted is there still', { id: 5, drop: true }, []],
    ['that is replaced by another is there', { url: 'new' }, []],
    ['that is emptied is missing', null, ["can't be blank"]],
  ])('%s', (_name, entry, messages) => {
    const data = cast(setup().post, params(entry), []);
    const done = castAssoc(data, 'permalink', { ...options, required: true });
    expect(listErrors(done).map(({ message }) => message)).toEqual(messages);
  });

  test('is missing to validateRequired once it is to be deleted, and no longer changed', () => {
    const data = cast(setup().post, params({ id: 5, drop: true }), []);
    const done = castAssoc(data, 'permalink', options);
    const checked = validateRequired(done, ['permalink']);
    expect(listErrors(checked).map(({ path }) => path)).toEqual([['permalink']]);
    expect(checked.assocs).toEqual({});
  });
});

describe('a put that markAsInvalid refuses is not looked at', () => {
  const { post, comment } = setup('markAsInvalid');
  const { newPermalink, newPost } = setup();

  test.each<[string, Changeset, string, unknown]>([
    ['a record of another model', change(post), 'permalink', newPost],
    ['a changeset of another model', change(post), 'permalink', change(newPost)],
    ['an attribute that is no field', change(post), 'permalink', { nope: 1 }],
    ['an attribute of another type', change(post), 'permalink', { url: 5 }],
    ['a parent of another model', change(comment), 'post', newPermalink],
    ['an attribute of a parent', change(comment), 'post', { title: 5 }],
  ])('%s', (_name, changeset, name, value) => {
    const done = putAssoc(changeset, name, value);
    expect(listErrors(done)).toMatchObject([
      { path: [name], message: 'is invalid', code: 'REPLACE_NOT_ALLOWED' },
    ]);
    expect(done.assocs).toEqual({});
  });

  test('but for the errors of a changeset, which stand beside the refusal', () => {
    const wrong = addError(change(newPermalink), 'url', 'is wrong');
    expect(
      listErrors(putAssoc(change(post), 'permalink', wrong)).map(({ message }) => message),
    ).toEqual(['is invalid', 'is wrong']);
  });

  test('while one that onReplace lets through must be right', () => {
    expect(() => putAssoc(change(setup().post), 'permalink', newPost)).toThrow(
      'expected a Permalink, got a Post',
    );
  });
});

describe('sortParam and dropParam of a to-one', () => {
  const form = { ...options, sortParam: 'sort', dropParam: 'drop' };
  const permalink = { id: 5, url: 'b' };
  const castWith = (params: Params) => castAssoc(cast(setup().post, params, []), 'permalink', form);

  test.each<[string, Params]>([
    ['where neither is sent', { permalink }],
    ['where null is sent', { permalink, sort: null, drop: null }],
    ['where the association is not sent', { sort: 'x' }],
  ])('are passed over %s', (_name, params) => {
    expect(castWith(params).valid).toBe(true);
  });

  test.each<[string, Params, string]>([
    ['beside the association', { permalink, drop: 'x' }, 'dropParam'],
    ['as a list', { sort: [] }, 'sortParam'],
  ])('are refused where they are sent %s', (_name, params, option) => {
    expect(() => castWith(params)).toThrow(
      `cannot castAssoc "permalink" of Post: ${option} is for a to-many.`,
    );
  });
});
