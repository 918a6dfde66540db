import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { CastAssocOptions } from '../../src/changeset/assoc/options.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
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
