import fc from 'fast-check';
import type { Params } from '../../src/changeset/changeset.ts';
import type { OnReplace, OnUnknown } from '../../src/model/model.ts';

/*
 * Params for casts, and values for puts, right and wrong.
 */

/**
 * What an entry's id may be: of a current row, of another, of none, no id at all; twice by chance.
 */
const anyId = fc.oneof(
  { weight: 14, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }).map(String) },
  fc.constantFrom('x', '1abc', '', null, 99, true, '9223372036854775808'),
);

/** The text of an entry: `=` for that of the row of its id, another, or none. */
function textOf(letter: string) {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant('=') },
    { weight: 20, arbitrary: fc.constantFrom(`${letter}new`, 'other') },
    fc.constantFrom('', null, 7),
  );
}

const rarely = fc.oneof({ weight: 40, arbitrary: fc.constant(false) }, fc.constant(true));

function entryOf(
  letter: string,
  field: string,
  below: { readonly [name: string]: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<Params> {
  const keys: { readonly [name: string]: fc.Arbitrary<unknown> } = {
    id: anyId,
    [field]: textOf(letter),
    ...below,
    delete: rarely,
    ignore: rarely,
  };
  return fc
    .record(keys, { requiredKeys: [field] })
    .map((entry: Params) =>
      entry[field] === '=' ? { ...entry, [field]: `${letter}${String(entry['id'])}` } : entry,
    );
}

function listOf(entry: fc.Arbitrary<Params>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.array(entry, { maxLength: 4 }) },
    fc.constantFrom(null, 'x'),
  );
}

function oneOf(entry: fc.Arbitrary<Params>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 30, arbitrary: entry },
    { weight: 10, arbitrary: fc.constant(null) },
    fc.constant('x'),
  );
}

const comment = entryOf('c', 'body');

/** Entries of a post's comments. */
export const listOfComments = fc.array(comment, { maxLength: 4 });

const lists = {
  comments: listOf(comment),
  notes: listOf(entryOf('n', 'body')),
  tags: listOf(entryOf('t', 'name')),
};

/** Params of a post's lists. */
export const listsOfPost: fc.Arbitrary<Params> = fc.record(lists, { requiredKeys: [] });

const belowPost = { ...lists, permalink: oneOf(entryOf('l', 'url')) };

/** Params of a post, with its author above and everything below. */
export const postParams: fc.Arbitrary<Params> = fc.record(
  {
    title: fc.constantFrom('p1', 'new'),
    author: oneOf(entryOf('a', 'name')),
    ...belowPost,
  },
  { requiredKeys: [] },
);

/** Params of an author with posts and what is below those: two levels. */
export const authorParams: fc.Arbitrary<Params> = fc.record(
  {
    name: fc.constantFrom('a1', 'new'),
    posts: listOf(entryOf('p', 'title', belowPost)),
  },
  { requiredKeys: [] },
);

const ofHas: readonly OnReplace[] = [
  'raise',
  'markAsInvalid',
  'nilify',
  'delete',
  'deleteIfExists',
];

function usually(one: OnReplace, all: readonly OnReplace[]) {
  return fc.oneof({ weight: 4 * all.length, arbitrary: fc.constant(one) }, fc.constantFrom(...all));
}

/** An onReplace for each association, of all that its kind allows. */
export const replacing = fc.record({
  'Author.posts': usually('nilify', ofHas),
  'Post.comments': usually('delete', ofHas),
  'Post.notes': usually('nilify', ofHas),
  'Post.permalink': usually('delete', [...ofHas, 'update']),
  'Post.author': usually('nilify', [...ofHas, 'update']),
  'Post.tags': usually('delete', ['raise', 'markAsInvalid', 'delete']),
});

/**
 * How a cast takes what is not among the current rows, and whether its changeset functions permit
 * ids.
 */
export const strictness = fc.record({
  onUnknown: fc.constantFrom<OnUnknown>('insert', 'issue', 'relate'),
  permitId: fc.constantFrom(false, false, true),
});

/** One item of a put: a stored record, a changeset of one, a new record, or plain attributes. */
export interface PutItem {
  readonly kind: 'record' | 'changeset' | 'new' | 'attributes';
  readonly id: number;
  readonly text: string;
}

const putItem: fc.Arbitrary<PutItem> = fc.record({
  kind: fc.constantFrom('record', 'record', 'changeset', 'new', 'attributes'),
  id: fc.integer({ min: 1, max: 5 }),
  text: fc.constantFrom('new', 'other'),
});

/** Items to put by association of a post; of a to-one the first counts. */
export const postPuts = fc.dictionary(
  fc.constantFrom('author', 'comments', 'notes', 'permalink', 'tags'),
  fc.array(putItem, { maxLength: 4 }),
);
