import fc from 'fast-check';
import type { Values } from '../../src/model/value.ts';

/** Rows by table, as JSON shows them. */
export type LawRows = { readonly [table: string]: readonly Values[] };

const ids = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const somePost = fc.constantFrom(1, 2, 3);

/**
 * Two authors with three posts between them, some of nobody; on the posts up to five comments
 * (which must have a post), four notes and three permalinks (which may), and links to four tags.
 * Text is the table's letter and the id.
 */
export const lawRows: fc.Arbitrary<LawRows> = fc
  .record({
    authors: fc.array(fc.constantFrom(1, 1, 2, null), {
      minLength: 3,
      maxLength: 3,
    }),
    comments: fc.array(somePost, { maxLength: 5 }),
    notes: fc.array(fc.option(somePost, { freq: 4 }), { maxLength: 4 }),
    permalinks: fc.shuffledSubarray([1, 2, 3, null]),
    links: fc.shuffledSubarray(
      ids(3).flatMap((post) => ids(4).map((tag) => [post, tag] as const)),
      { maxLength: 7 },
    ),
  })
  .map(({ authors, comments, notes, permalinks, links }) => ({
    authors: ids(2).map((id) => ({ id, name: `a${id}` })),
    posts: authors.map((author_id, i) => ({
      id: i + 1,
      title: `p${i + 1}`,
      author_id,
    })),
    comments: comments.map((post_id, i) => ({
      id: i + 1,
      body: `c${i + 1}`,
      post_id,
      position: (i % 2) + 1,
    })),
    notes: notes.map((post_id, i) => ({
      id: i + 1,
      body: `n${i + 1}`,
      post_id,
    })),
    permalinks: permalinks.map((post_id, i) => ({
      id: i + 1,
      url: `l${i + 1}`,
      post_id,
    })),
    tags: ids(4).map((id) => ({ id, name: `t${id}` })),
    posts_tags: links.map(([post_id, tag_id]) => ({ post_id, tag_id })),
  }));
