import { expect, test } from 'vitest';
import { type Draft, draftOf, newPost, type Post } from '../../src/web/form/draft.ts';
import * as edit from '../../src/web/form/edit.ts';
import { newPostInput, postInput } from '../../src/web/form/input.ts';
import { issuesByField, previewOf } from '../../src/web/form/preview.ts';
import { draftBetween, rebase, resolve } from '../../src/web/form/rebase.ts';

/* What the page makes of what somebody types, and of what others write meanwhile. */

const post: Post = {
  id: '7',
  title: 'A story...',
  body: 'Once upon a time...',
  lockVersion: 1,
  comments: [
    { id: '10', body: 'Great story!', lockVersion: 1 },
    { id: '11', body: 'What happened next?', lockVersion: 1 },
    { id: '12', body: 'Thanks for the article', lockVersion: 1 },
  ],
  tags: [
    { id: '1', name: 'ecto' },
    { id: '2', name: 'elixir' },
  ],
  permalink: null,
};

const edited = (...steps: readonly ((draft: Draft) => Draft)[]) =>
  steps.reduce((draft, step) => step(draft), draftOf(post));
const bodiesOf = (draft: Draft) =>
  draft.comments.map(({ body, removed }) => (removed ? `-${body}` : body));

test('a form that nobody has edited sends nothing and would do nothing', () => {
  expect(postInput(draftOf(post))).toEqual({});
  expect(previewOf(draftOf(post))).toEqual({ issues: new Map(), changes: [] });
});

test('a new post is nothing before something is typed, and then what was typed', () => {
  const blank = draftOf(newPost);
  expect(previewOf(blank)).toEqual({ issues: new Map(), changes: [] });
  const begun = edit.setText(blank, 'body', 'Once upon a time...');
  expect(previewOf(begun).issues).toEqual(new Map([['title', ["can't be blank"]]]));
  const draft = [
    (now: Draft) => edit.setText(now, 'title', 'A story...'),
    (now: Draft) => edit.addComment(now, 'a'),
    (now: Draft) => edit.setComment(now, 'a', 'Great story!'),
    (now: Draft) => edit.addTag(now, 'ecto'),
  ].reduce((now, step) => step(now), begun);
  expect(newPostInput(draft)).toEqual({
    title: 'A story...',
    body: 'Once upon a time...',
    comments: { cast: { expectedIds: [], entries: [{ body: 'Great story!' }] } },
    tags: { put: { expectedIds: [], create: true, refs: [{ name: 'ecto' }] } },
  });
  expect(previewOf(draft).changes.map(({ title }) => title)).toEqual([
    'New post',
    'New comment',
    'New tag',
    'Tag added',
  ]);
});

test('each part that is edited is sent alone, with what guards it', () => {
  expect(postInput(edited((draft) => edit.setText(draft, 'title', 'Better')))).toEqual({
    lockVersion: 1,
    title: 'Better',
    body: 'Once upon a time...',
  });
  const comments = edited(
    (draft) => edit.removeComment(draft, '10'),
    (draft) => edit.setComment(draft, '12', 'Thank you for the post'),
    (draft) => edit.addComment(draft, 'a'),
    (draft) => edit.setComment(draft, 'a', 'Interesting'),
  );
  expect(postInput(comments)).toEqual({
    comments: {
      cast: {
        expectedIds: ['10', '11', '12'],
        entries: [
          { id: '10', lockVersion: 1, delete: true },
          { id: '11' },
          { id: '12', lockVersion: 1, body: 'Thank you for the post' },
          { body: 'Interesting' },
        ],
      },
    },
  });
  const tags = edited(
    (draft) => edit.removeTag(draft, 'elixir'),
    (draft) => edit.addTag(draft, 'prisma'),
  );
  expect(postInput(tags)).toEqual({
    tags: {
      put: { refs: [{ id: '1' }, { name: 'prisma' }], create: true, expectedIds: ['1', '2'] },
    },
  });
});

test('what is removed, changed and new shows with its text before and after', () => {
  const draft = edited(
    (now) => edit.removeComment(now, '10'),
    (now) => edit.setComment(now, '12', 'Thank you for the post'),
    (now) => edit.addComment(now, 'a'),
    (now) => edit.setComment(now, 'a', 'Interesting'),
    (now) => edit.removeTag(now, 'elixir'),
    (now) => edit.addTag(now, 'prisma'),
  );
  const shown = previewOf(draft).changes.map(({ tone, title, texts: [text] }) =>
    [tone, title, text?.before ?? '', text?.after ?? ''].join('|'),
  );
  expect(shown).toEqual([
    'removed|Removed comment|Great story!|',
    'removed|Tag removed|elixir|',
    'changed|Changed comment|Thanks for the article|Thank you for the post',
    'new|New comment||Interesting',
    'new|New tag||prisma',
    'new|Tag added||prisma',
  ]);
});

test('a tag that is known by then is added, not made', () => {
  const draft = edited(
    (now) => edit.addTag(now, 'prisma'),
    (now) => edit.knowTag(now, { id: '3', name: 'prisma' }),
  );
  expect(previewOf(draft).changes).toEqual([
    { tone: 'new', title: 'Tag added', texts: [{ name: 'Tag', before: null, after: 'prisma' }] },
  ]);
});

test('a step that is taken back leaves nothing to save', () => {
  const draft = edited(
    (now) => edit.removeComment(now, '10'),
    (now) => edit.restoreComment(now, '10'),
    (now) => edit.removeTag(now, 'ecto'),
    (now) => edit.addTag(now, 'ecto'),
    (now) => edit.addTag(now, 'prisma'),
    (now) => edit.removeTag(now, 'prisma'),
    (now) => edit.addComment(now, 'a'),
    (now) => edit.removeComment(now, 'a'),
  );
  expect(draft).toEqual(draftOf(post));
});

test('issues stand at the fields of the form, whoever has found them', () => {
  const draft = edited(
    (now) => edit.setText(now, 'title', ' '),
    (now) => edit.setText(now, 'url', 'two words'),
    (now) => edit.removeComment(now, '10'),
    (now) => edit.setComment(now, '12', ''),
    (now) => edit.removeTag(now, 'ecto'),
    (now) => edit.addTag(now, 'x'.repeat(256)),
  );
  const long = 'should be at most 255 character(s)';
  expect(previewOf(draft)).toEqual({
    changes: [],
    issues: new Map([
      ['title', ["can't be blank"]],
      ['url', ['has invalid format']],
      ['comment-12', ["can't be blank"]],
      ['tags', [`${'x'.repeat(256)}: ${long}`]],
    ]),
  });
  const paths = [
    ['input', 'title'],
    ['input', 'permalink', 'cast', 'entry', 'url'],
    ['input', 'comments', 'cast', 'entries', '2', 'body'],
    ['input', 'tags', 'put', 'refs', '0', 'name'],
    ['input', 'comments'],
  ];
  expect(
    issuesByField(
      draft,
      paths.map((path) => ({ path, message: 'no' })),
    ),
  ).toEqual(
    new Map([
      ['title', ['no']],
      ['url', ['no']],
      ['comment-12', ['no']],
      ['tags', ['elixir: no']],
      ['form', ['comments: no']],
    ]),
  );
});

test('what only others changed is taken, what only the form changed is kept', () => {
  const mine = edited(
    (now) => edit.setText(now, 'body', 'Mine'),
    (now) => edit.setComment(now, '11', 'Mine too'),
    (now) => edit.addTag(now, 'prisma'),
    (now) => edit.removeTag(now, 'ecto'),
    (now) => edit.addComment(now, 'a'),
  );
  const theirs: Post = {
    ...post,
    title: 'Theirs',
    lockVersion: 2,
    comments: [
      { id: '11', body: 'What happened next?', lockVersion: 1 },
      { id: '12', body: 'Changed', lockVersion: 2 },
      { id: '13', body: 'Added', lockVersion: 1 },
    ],
    tags: [...post.tags, { id: '3', name: 'theirs' }],
    permalink: { id: '1', url: 'theirs' },
  };
  const draft = rebase(mine, theirs);
  expect(draft).toMatchObject({ title: 'Theirs', body: 'Mine', url: 'theirs', base: theirs });
  expect(bodiesOf(draft)).toEqual(['Mine too', 'Changed', 'Added', '']);
  expect(draft.tags.map(({ name, removed }) => (removed ? `-${name}` : name))).toEqual([
    '-ecto',
    'elixir',
    'theirs',
    'prisma',
  ]);
  expect(draft.conflicts).toEqual(new Set());
  expect(rebase(draft, theirs)).toEqual(draft);
});

test('what both changed stays as typed until somebody chooses, though more comes', () => {
  const mine = edited(
    (now) => edit.setText(now, 'title', 'Mine'),
    (now) => edit.setComment(now, '10', 'Mine'),
    (now) => edit.removeComment(now, '11'),
    (now) => edit.setComment(now, '12', 'Mine'),
  );
  const theirs: Post = {
    ...post,
    title: 'Theirs',
    comments: [
      { id: '11', body: 'Theirs', lockVersion: 2 },
      { id: '12', body: 'Theirs', lockVersion: 2 },
    ],
  };
  const later: Post = { ...theirs, body: 'Later' };
  const draft = rebase(rebase(mine, theirs), later);
  expect(draft.conflicts).toEqual(new Set(['title', 'comment-10', 'comment-11', 'comment-12']));
  expect(draft.title).toBe('Mine');
  expect(bodiesOf(draft)).toEqual(['-Theirs', 'Mine', 'Mine']);

  const kept = [...draft.conflicts].reduce((now, field) => resolve(now, field, 'mine'), draft);
  expect(kept).toEqual({ ...draft, conflicts: new Set() });
  expect(previewOf(kept).changes.map(({ title }) => title)).toEqual([
    'Changed post',
    'Removed comment',
    'Changed comment',
    'New comment',
  ]);
  const taken = [...draft.conflicts].reduce((now, field) => resolve(now, field, 'theirs'), draft);
  expect(taken).toEqual(draftOf(later));
});

test('what others have done shows as what a save would do', () => {
  const theirs: Post = {
    ...post,
    comments: [...post.comments.slice(1), { id: '13', body: 'Added', lockVersion: 1 }],
    tags: [
      { id: '1', name: 'ecto' },
      { id: '3', name: 'theirs' },
    ],
    permalink: { id: '1', url: 'theirs' },
  };
  const shown = previewOf(draftBetween(post, theirs)).changes.map(
    ({ title, texts: [text] }) => `${title}: ${text?.before ?? text?.after}`,
  );
  expect(shown).toEqual([
    'Removed comment: Great story!',
    'Tag removed: elixir',
    'New comment: Added',
    'New permalink: theirs',
    'Tag added: theirs',
  ]);
});
