import { beforeEach, expect, test } from 'vitest';
import { graphql } from '../generated/gql.ts';
import { writeBlog } from '../support/old-blog.ts';
import { useDatabase } from '../support/database.ts';
import { useService } from '../support/service.ts';

const database = useDatabase();
const service = useService(database);
beforeEach(() => writeBlog(database));

const twoCasts = graphql(`
  mutation TwoCasts($first: UpdatePostInput!, $second: UpdatePostInput!) {
    read: updatePost(id: "7", input: {}) {
      ...Commented
    }
    first: updatePost(id: "7", input: $first) {
      ...Commented
    }
    refused: updatePost(id: "7", input: { title: "" }) {
      ...Commented
    }
    dry: updatePost(
      id: "7"
      input: { comments: { cast: { entries: [] } } }
      options: { dryRun: true }
    ) {
      ...Commented
    }
    second: updatePost(id: "7", input: $second) {
      ...Commented
    }
    other: updateComment(id: "10", input: { postId: "8" }) {
      ... on UpdateCommentSuccess {
        comment {
          post {
            title
            comments {
              id
            }
            commentCount
          }
        }
      }
    }
    last: updatePost(id: "7", input: {}) {
      ...Commented
    }
  }
`);

graphql(`
  fragment Commented on UpdatePostResult {
    __typename
    ... on UpdatePostSuccess {
      post {
        title
        author {
          name
        }
        comments {
          id
          body
        }
        commentCount
      }
    }
  }
`);

test('each mutation of a document answers with the rows as they are after it', async () => {
  const { data, errors } = await service.send(twoCasts, {
    first: {
      title: 'Once',
      comments: { cast: { entries: [{ id: '10' }, { body: 'new' }] } },
    },
    second: {
      author: { cast: { entry: { id: '1', name: 'Anna' } } },
      comments: { cast: { entries: [{ id: '10', body: 'changed' }] } },
    },
  });
  expect(errors).toBeUndefined();
  const read = (title: string, author: string, ...comments: string[]) => ({
    __typename: 'UpdatePostSuccess',
    post: {
      title,
      author: { name: author },
      comments: comments.map((text) => {
        const [id, body] = text.split(': ');
        return { id, body };
      }),
      commentCount: comments.length,
    },
  });
  expect(data).toEqual({
    read: read(
      'A story...',
      'Ann',
      '10: Great story!',
      '11: What happened next?',
      '12: Thanks for the article',
    ),
    first: read('Once', 'Ann', '10: Great story!', '101: new'),
    refused: { __typename: 'InvalidChangeset' },
    dry: { __typename: 'DryRun' },
    second: read('Once', 'Anna', '10: changed'),
    other: {
      comment: {
        post: {
          title: 'Another story',
          comments: [{ id: '10' }, { id: '20' }, { id: '21' }],
          commentCount: 3,
        },
      },
    },
    last: read('Once', 'Anna'),
  });
});

test('a mutation that fails leaves those before it as they are', async () => {
  const { data } = await service.sendText(
    `mutation {
       first: updatePost(id: 7, input: { title: "kept" }) { __typename }
       second: updatePost(id: 7, input: { authorId: 999 }) { __typename }
       third: deletePost(id: 8) { __typename }
     }`,
  );
  expect(data).toEqual({
    first: { __typename: 'UpdatePostSuccess' },
    second: { __typename: 'InvalidChangeset' },
    third: { __typename: 'DeletePostSuccess' },
  });
  expect(await database.sql('SELECT id::int, title FROM posts')).toEqual([
    { id: 7, title: 'kept' },
  ]);
});
