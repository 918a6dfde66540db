import { graphql } from '../generated/gql.ts';

/*
 * The mutations as a front end would send them: one document for each, which asks for everything
 * that any of its results can tell.
 */

graphql(`
  fragment ChangesetParts on Changeset {
    operations {
      action
      type
      id
      path
      reason
      changes {
        field
        from
        to
      }
    }
    counts {
      inserted
      updated
      deleted
      linked
      unlinked
      unchanged
    }
  }
`);

graphql(`
  fragment Refusal on WriteError {
    __typename
    message
    ... on InvalidChangeset {
      issues {
        code
        message
        template
        params
        path
      }
    }
    ... on StaleEntry {
      path
      type
      id
    }
    ... on NotFound {
      type
      missing: id
    }
    ... on LimitExceeded {
      path
      limit
      actual
    }
  }
`);

graphql(`
  fragment PostParts on Post {
    id
    title
    body
    lockVersion
    author {
      id
      name
    }
    comments {
      id
      body
      lockVersion
    }
  }
`);

graphql(`
  fragment CommentParts on Comment {
    id
    body
    lockVersion
    post {
      id
      title
    }
  }
`);

export const createPost = graphql(`
  mutation CreatePost($input: CreatePostInput!, $options: WriteOptions) {
    createPost(input: $input, options: $options) {
      __typename
      ... on CreatePostSuccess {
        post {
          ...PostParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const updatePost = graphql(`
  mutation UpdatePost($id: ID!, $input: UpdatePostInput!, $options: WriteOptions) {
    updatePost(id: $id, input: $input, options: $options) {
      __typename
      ... on UpdatePostSuccess {
        post {
          ...PostParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const deletePost = graphql(`
  mutation DeletePost($id: ID!, $lockVersion: Int, $options: WriteOptions) {
    deletePost(id: $id, lockVersion: $lockVersion, options: $options) {
      __typename
      ... on DeletePostSuccess {
        post {
          ...PostParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const buildPostComment = graphql(`
  mutation BuildPostComment($postId: ID!, $input: BuildComment!, $options: WriteOptions) {
    buildPostComment(postId: $postId, input: $input, options: $options) {
      __typename
      ... on BuildPostCommentSuccess {
        comment {
          ...CommentParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const createComment = graphql(`
  mutation CreateComment($input: CreateCommentInput!, $options: WriteOptions) {
    createComment(input: $input, options: $options) {
      __typename
      ... on CreateCommentSuccess {
        comment {
          ...CommentParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const updateComment = graphql(`
  mutation UpdateComment($id: ID!, $input: UpdateCommentInput!, $options: WriteOptions) {
    updateComment(id: $id, input: $input, options: $options) {
      __typename
      ... on UpdateCommentSuccess {
        comment {
          ...CommentParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const deleteComment = graphql(`
  mutation DeleteComment($id: ID!, $lockVersion: Int, $options: WriteOptions) {
    deleteComment(id: $id, lockVersion: $lockVersion, options: $options) {
      __typename
      ... on DeleteCommentSuccess {
        comment {
          ...CommentParts
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);

export const createAuthor = graphql(`
  mutation CreateAuthor($input: CreateAuthorInput!, $options: WriteOptions) {
    createAuthor(input: $input, options: $options) {
      __typename
      ... on CreateAuthorSuccess {
        author {
          id
          name
          posts {
            ...PostParts
          }
        }
        changeset {
          ...ChangesetParts
        }
      }
      ... on DryRun {
        changeset {
          ...ChangesetParts
        }
      }
      ...Refusal
    }
  }
`);
