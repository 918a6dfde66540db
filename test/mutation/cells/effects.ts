import type { Variables } from '../../support/write.ts';
import type { Mistake } from './mistakes.ts';

/*
 * What a tool does to what is there: it leaves some out, takes one from elsewhere, gives a new one,
 * or null. A new row has the second id of its sequence: the dry run took the first.
 */

export type Effect = {
  readonly sends: Mistake['sends'];
  /** The owner, where it is not the one of the facts. */
  readonly of?: string;
} & (
  | { readonly changes: readonly string[] }
  /** REPLACE_NOT_ALLOWED, naming these. */
  | { readonly refuses: readonly string[] }
  | { readonly answers: readonly string[] }
);

const newComment = {
  sends: { entries: [{ id: '11' }, { body: 'new' }] },
} as const;
const movedComment = { sends: { refs: [{ id: '11' }, { id: '31' }] } } as const;
const newAuthor = { sends: { entry: { name: 'New' } } } as const;
const newParent = { sends: { entry: { title: 'New' } } } as const;
const newPermalink = { sends: { entry: { url: '/new' } } } as const;
const newTag = { sends: { entries: [{ id: '41' }, { name: 'new' }] } } as const;
const namedTag = {
  sends: { refs: [{ id: '41' }, { name: 'prisma' }] },
} as const;
const newPost = {
  sends: { entries: [{ id: '1' }, { title: 'New' }] },
} as const;
const movedPost = { sends: { refs: [{ id: '1' }, { id: '3' }] } } as const;
const noEntry = { sends: { entry: null } } as const;
const noRef = { sends: { ref: null } } as const;
const to = (ref: Variables) => ({ sends: { ref } }) as const;

export const effects: Readonly<Record<string, readonly Effect[]>> = {
  'Post.comments cast MARK_AS_INVALID': [{ ...newComment, refuses: ['12', '13'] }],
  'Post.comments cast DELETE': [
    {
      ...newComment,
      changes: [
        '- comment 12 more, post 1, v1',
        '- comment 13 thanks, post 1, v1',
        '+ comment 302 new, post 1, v1',
      ],
    },
  ],
  'Post.comments put MARK_AS_INVALID': [{ ...movedComment, refuses: ['12', '13'] }],
  'Post.comments put DELETE': [
    {
      ...movedComment,
      changes: [
        '- comment 12 more, post 1, v1',
        '- comment 13 thanks, post 1, v1',
        '- comment 31 long, post 3, v1',
        '+ comment 31 long, post 1, v2',
      ],
    },
  ],
  'Post.comments build': [{ sends: [{ body: 'new' }], changes: ['+ comment 302 new, post 1, v1'] }],
  'Post.author cast MARK_AS_INVALID': [
    { ...newAuthor, refuses: ['1'] },
    { ...noEntry, refuses: ['1'] },
    {
      ...newAuthor,
      of: '4',
      changes: [
        '- post 4 Four, body null, author null, v1',
        '+ author 102 New, v1',
        '+ post 4 Four, body null, author 102, v2',
      ],
    },
  ],
  'Post.author cast NILIFY': [
    {
      ...newAuthor,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ author 102 New, v1',
        '+ post 1 One, body first, author 102, v2',
      ],
    },
    {
      ...noEntry,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author null, v2',
      ],
    },
  ],
  'Post.author cast UPDATE': [
    {
      ...newAuthor,
      changes: ['- author 1 Ann, v1', '+ author 1 New, v2'],
    },
    {
      sends: { entry: { id: '2', name: 'New' } },
      changes: ['- author 1 Ann, v1', '+ author 1 New, v2'],
    },
    {
      ...noEntry,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author null, v2',
      ],
    },
  ],
  'Post.author put MARK_AS_INVALID': [
    { ...to({ id: '2' }), refuses: ['1'] },
    { ...noRef, refuses: ['1'] },
    { ...to({ id: '1' }), changes: [] },
  ],
  'Post.author put NILIFY': [
    {
      ...to({ id: '2' }),
      changes: ['- post 1 One, body first, author 1, v1', '+ post 1 One, body first, author 2, v2'],
    },
    {
      ...noRef,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author null, v2',
      ],
    },
  ],
  'Comment.post cast MARK_AS_INVALID': [
    { ...newParent, refuses: ['1'] },
    { ...noEntry, refuses: ['1'] },
  ],
  'Comment.post cast NILIFY': [
    {
      ...newParent,
      changes: [
        '- comment 11 great, post 1, v1',
        '+ post 202 New, body null, author null, v1',
        '+ comment 11 great, post 202, v2',
      ],
    },
    { ...noEntry, answers: ['REQUIRED '] },
  ],
  'Comment.post cast UPDATE': [
    {
      ...newParent,
      changes: ['- post 1 One, body first, author 1, v1', '+ post 1 New, body first, author 1, v2'],
    },
    { ...noEntry, answers: ['REQUIRED '] },
  ],
  'Comment.post put MARK_AS_INVALID': [
    { ...to({ id: '3' }), refuses: ['1'] },
    { ...noRef, refuses: ['1'] },
  ],
  'Comment.post put NILIFY': [
    {
      ...to({ id: '3' }),
      changes: ['- comment 11 great, post 1, v1', '+ comment 11 great, post 3, v2'],
    },
    { ...noRef, answers: ['REQUIRED '] },
  ],
  'Post.permalink cast MARK_AS_INVALID': [
    { ...newPermalink, refuses: ['51'] },
    { ...noEntry, refuses: ['51'] },
  ],
  'Post.permalink cast NILIFY': [
    {
      ...newPermalink,
      changes: [
        '- permalink 51 /one, post 1',
        '+ permalink 51 /one, post null',
        '+ permalink 502 /new, post 1',
      ],
    },
    {
      ...noEntry,
      changes: ['- permalink 51 /one, post 1', '+ permalink 51 /one, post null'],
    },
  ],
  'Post.permalink cast UPDATE': [
    {
      ...newPermalink,
      changes: ['- permalink 51 /one, post 1', '+ permalink 51 /new, post 1'],
    },
    {
      ...noEntry,
      changes: ['- permalink 51 /one, post 1', '+ permalink 51 /one, post null'],
    },
    {
      ...newPermalink,
      of: '2',
      changes: ['+ permalink 502 /new, post 2'],
    },
  ],
  'Post.permalink cast DELETE': [
    {
      ...newPermalink,
      changes: ['- permalink 51 /one, post 1', '+ permalink 502 /new, post 1'],
    },
    {
      // The url that goes is free for the one that comes.
      sends: { entry: { url: '/one' } },
      changes: ['- permalink 51 /one, post 1', '+ permalink 502 /one, post 1'],
    },
    { ...noEntry, changes: ['- permalink 51 /one, post 1'] },
  ],
  'Post.permalink put MARK_AS_INVALID': [
    { ...to({ url: '/loose' }), refuses: ['51'] },
    { ...noRef, refuses: ['51'] },
    { ...to({ url: '/one' }), changes: [] },
  ],
  'Post.permalink put NILIFY': [
    {
      ...to({ url: '/loose' }),
      changes: [
        '- permalink 51 /one, post 1',
        '- permalink 59 /loose, post null',
        '+ permalink 51 /one, post null',
        '+ permalink 59 /loose, post 1',
      ],
    },
    {
      ...to({ id: '53' }),
      changes: [
        '- permalink 51 /one, post 1',
        '- permalink 53 /three, post 3',
        '+ permalink 51 /one, post null',
        '+ permalink 53 /three, post 1',
      ],
    },
    {
      ...noRef,
      changes: ['- permalink 51 /one, post 1', '+ permalink 51 /one, post null'],
    },
  ],
  'Post.permalink put DELETE': [
    {
      ...to({ url: '/loose' }),
      changes: [
        '- permalink 51 /one, post 1',
        '- permalink 59 /loose, post null',
        '+ permalink 59 /loose, post 1',
      ],
    },
    { ...noRef, changes: ['- permalink 51 /one, post 1'] },
  ],
  'Post.permalink build': [
    {
      sends: { url: '/new' },
      of: '2',
      changes: ['+ permalink 502 /new, post 2'],
    },
  ],
  'Post.tags cast MARK_AS_INVALID': [{ ...newTag, refuses: ['42'] }],
  'Post.tags cast DELETE': [
    {
      ...newTag,
      changes: ['- link post 1 tag 42', '+ tag 402 new', '+ link post 1 tag 402'],
    },
  ],
  'Post.tags put MARK_AS_INVALID': [{ ...namedTag, refuses: ['42'] }],
  'Post.tags put DELETE': [
    {
      ...namedTag,
      changes: ['- link post 1 tag 42', '+ link post 1 tag 43'],
    },
  ],
  'Post.tags build': [
    {
      sends: [{ name: 'new' }],
      changes: ['+ tag 402 new', '+ link post 1 tag 402'],
    },
  ],
  'Author.posts cast MARK_AS_INVALID': [{ ...newPost, refuses: ['2'] }],
  'Author.posts cast NILIFY': [
    {
      ...newPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '+ post 2 Two, body null, author null, v2',
        '+ post 202 New, body null, author 1, v1',
      ],
    },
  ],
  'Author.posts cast DELETE': [
    {
      ...newPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '- comment 21 short, post 2, v1',
        '+ post 202 New, body null, author 1, v1',
      ],
    },
  ],
  'Author.posts put MARK_AS_INVALID': [{ ...movedPost, refuses: ['2'] }],
  'Author.posts put NILIFY': [
    {
      ...movedPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '- post 3 Three, body third, author 2, v1',
        '+ post 2 Two, body null, author null, v2',
        '+ post 3 Three, body third, author 1, v2',
      ],
    },
  ],
  'Author.posts put DELETE': [
    {
      ...movedPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '- post 3 Three, body third, author 2, v1',
        '- comment 21 short, post 2, v1',
        '+ post 3 Three, body third, author 1, v2',
      ],
    },
  ],
  'Author.posts build': [
    {
      sends: [{ title: 'New' }],
      changes: ['+ post 202 New, body null, author 1, v1'],
    },
  ],
};
