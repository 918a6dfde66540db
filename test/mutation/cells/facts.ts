import type { Variables } from '../../support/write.ts';
import type { Cell } from './cells.ts';

/** An association of the blog, from an owner that has it. */
export type Facts = {
  /** The mutation that writes the owner, and one that makes a new one. */
  readonly update: string;
  readonly owner: { readonly type: string; readonly id: string };
  readonly create: string;
  readonly created: Variables;
  readonly field: string;
  readonly type: string;
  /** The ids that are there, and one that belongs elsewhere. */
  readonly there: readonly string[];
  readonly other: string;
  /** The field that a record must have, and how long it may be. */
  readonly text: string;
  readonly longest: number;
  /** Where that field is unique: a value that another row has, and the one of `there[0]`. */
  readonly taken?: string;
  readonly own?: string;
};

const ofPost = {
  update: 'updatePost',
  owner: { type: 'Post', id: '1' },
  create: 'createPost',
  created: { title: 'New' },
};

export const facts: Readonly<Record<string, Facts>> = {
  'Post.comments': {
    ...ofPost,
    field: 'comments',
    type: 'Comment',
    there: ['11', '12', '13'],
    other: '31',
    text: 'body',
    longest: 10_000,
  },
  'Post.author': {
    ...ofPost,
    field: 'author',
    type: 'Author',
    there: ['1'],
    other: '2',
    text: 'name',
    longest: 255,
  },
  'Post.permalink': {
    ...ofPost,
    field: 'permalink',
    type: 'Permalink',
    there: ['51'],
    other: '53',
    text: 'url',
    longest: 255,
    taken: '/three',
    own: '/one',
  },
  'Post.tags': {
    ...ofPost,
    field: 'tags',
    type: 'Tag',
    there: ['41', '42'],
    other: '43',
    text: 'name',
    longest: 255,
    taken: 'prisma',
    own: 'ecto',
  },
  'Comment.post': {
    update: 'updateComment',
    owner: { type: 'Comment', id: '11' },
    create: 'createComment',
    created: { body: 'New' },
    field: 'post',
    type: 'Post',
    there: ['1'],
    other: '3',
    text: 'title',
    longest: 255,
  },
  'Author.posts': {
    update: 'updateAuthor',
    owner: { type: 'Author', id: '1' },
    create: 'createAuthor',
    created: { name: 'New' },
    field: 'posts',
    type: 'Post',
    there: ['1', '2'],
    other: '3',
    text: 'title',
    longest: 255,
  },
};

/** What is to be known of the association of a cell. */
export function factsOf({ association }: Cell): Facts {
  const found = facts[association];
  if (!found) throw new Error(`say what ${association} is: it has no facts`);
  return found;
}
