import { expectTypeOf } from 'vitest';
import { graphql } from '../generated/gql.ts';
import type {
  AuthorPostsInput,
  CommentPostInput,
  CommentRef,
  PermalinkRef,
  PostAuthorInput,
  PostCommentsInput,
  PostPermalinkInput,
  PostTagsInput,
  TagRef,
} from '../generated/graphql.ts';
import type { TestService } from '../support/service.ts';

/*
 * Checked by tsc, never run: the types that codegen makes of the schema let a client name one tool
 * of an association and one way to name a record, and no second beside it.
 */

const updateAuthor = graphql(`
  mutation TypedUpdateAuthor($id: ID!, $input: UpdateAuthorInput!) {
    updateAuthor(id: $id, input: $input) {
      __typename
    }
  }
`);
const updateComment = graphql(`
  mutation TypedUpdateComment($id: ID!, $input: UpdateCommentInput!) {
    updateComment(id: $id, input: $input) {
      __typename
    }
  }
`);
const updatePost = graphql(`
  mutation TypedUpdatePost($id: ID!, $input: UpdatePostInput!) {
    updatePost(id: $id, input: $input) {
      __typename
    }
  }
`);

declare const service: TestService;
const entries = { entries: [] };
const refs = { refs: [] };

// One tool is taken.
({ cast: entries }) satisfies PostCommentsInput;
({ put: refs }) satisfies PostCommentsInput;
({ build: [] }) satisfies PostCommentsInput;
({ cast: entries }) satisfies PostTagsInput;
({ put: refs }) satisfies AuthorPostsInput;
({ cast: { entry: null } }) satisfies PostAuthorInput;
({ put: { ref: null } }) satisfies CommentPostInput;
({ build: { url: '/x' } }) satisfies PostPermalinkInput;

// Two are not, of no association.
// @ts-expect-error: cast and put
({ cast: entries, put: refs }) satisfies PostCommentsInput;
// @ts-expect-error: cast and build
({ cast: entries, build: [] }) satisfies PostCommentsInput;
// @ts-expect-error: put and build
({ put: refs, build: [] }) satisfies PostCommentsInput;
// @ts-expect-error: cast and put
({ cast: entries, put: refs }) satisfies PostTagsInput;
// @ts-expect-error: cast and put
({ cast: entries, put: refs }) satisfies AuthorPostsInput;
// @ts-expect-error: cast and put
({ cast: { entry: null }, put: { ref: null } }) satisfies PostAuthorInput;
// @ts-expect-error: cast and put
({ cast: { entry: null }, put: { ref: null } }) satisfies CommentPostInput;
// @ts-expect-error: cast and put
({ cast: { entry: null }, put: { ref: null } }) satisfies PostPermalinkInput;

// None is not, nor null for one.
// @ts-expect-error: no tool
({}) satisfies PostCommentsInput;
// @ts-expect-error: null is no tool
({ cast: null }) satisfies PostCommentsInput;
// @ts-expect-error: no second tool, not even as undefined
({ cast: entries, put: undefined }) satisfies PostCommentsInput;

// A record is named in one way.
({ id: '1' }) satisfies CommentRef;
({ name: 'ecto' }) satisfies TagRef;
({ url: '/one' }) satisfies PermalinkRef;
// @ts-expect-error: by id and by name
({ id: '1', name: 'ecto' }) satisfies TagRef;
// @ts-expect-error: by id and by url
({ id: '1', url: '/one' }) satisfies PermalinkRef;
// @ts-expect-error: by nothing
({}) satisfies TagRef;

// A whole request is held to it as well.
void service.send(updatePost, {
  id: '1',
  // @ts-expect-error: cast and put
  input: { comments: { cast: entries, put: refs } },
});
void service.send(updateAuthor, {
  id: '1',
  input: {
    posts: {
      cast: {
        // @ts-expect-error: cast and put, a level down
        entries: [{ id: '1', comments: { cast: entries, put: refs } }],
      },
    },
  },
});
void service.send(updateComment, {
  id: '1',
  // @ts-expect-error: cast and put
  input: { post: { cast: { entry: null }, put: { ref: null } } },
});
void service.send(updatePost, {
  id: '1',
  input: { comments: { cast: { entries: [{ id: '1', body: 'x' }] } } },
});

// What has a default need not be sent.
expectTypeOf({ entries: [{ id: '1' }] }).toExtend<NonNullable<PostCommentsInput['cast']>>();
