import type { Place } from '../place.ts';
import { newNames, writeAuthor, writePost, writePosts } from '../rows.ts';
import type { Client } from './clients.ts';

/** What clients do over HTTP, against the service and against the servers written by hand. */
export interface HttpWork {
  readonly name: string;
  /** The numbers of clients it is done with. */
  readonly clients: readonly number[];
  readonly ours: () => Promise<Client>;
  readonly bare: () => Promise<Client>;
  /** Whether we write it by sets too, as the bare server by set-based SQL. */
  readonly isCast: boolean;
}

/** The works over HTTP; each client has rows of its own. */
export function httpWorks({ pool }: Place): readonly HttpWork[] {
  const cast = (name: string, shape: Shape, clients: readonly number[]): HttpWork => ({
    name,
    clients,
    isCast: true,
    ours: async () => {
      const post = await writePost(pool, shape.stored);
      return castByOurs(post.id, post.comments, shape);
    },
    bare: async () => {
      const post = await writePost(pool, shape.stored);
      return castByBare(post.id, post.comments, shape);
    },
  });
  return [
    cast('cast-3', { stored: 3, gone: 1, changed: 1 }, [1, 8, 32]),
    cast('cast-100', { stored: 100, gone: 25, changed: 50 }, [4]),
    {
      name: 'create a post with 50 comments, 10 tags',
      clients: [4],
      isCast: false,
      ours: () => Promise.resolve(createByOurs),
      bare: () => Promise.resolve(createByBare),
    },
    {
      name: 'read 100 posts with comments and authors',
      clients: [4],
      isCast: false,
      ours: async () => {
        const variables = { ids: await writeReadPosts(pool) };
        return (send) => send(READ_OURS, variables);
      },
      bare: async () => {
        const variables = { ids: await writeReadPosts(pool) };
        return (send) => send(READ_BARE, variables);
      },
    },
  ];
}

/** Of so many comments the first are deleted, the next changed, and as many added as are gone. */
interface Shape {
  readonly stored: number;
  readonly gone: number;
  readonly changed: number;
}

interface Comment {
  readonly id: string;
  readonly body: string;
}

let round = 0;

/** A list after a cast, as entries: those without an id are new. */
function nextOf(comments: readonly Comment[], { gone, changed }: Shape) {
  round += 1;
  const kept = comments.slice(gone);
  return {
    gone: comments.slice(0, gone).map(({ id }) => id),
    changed: kept.slice(0, changed).map(({ id }) => ({ id, body: `Changed ${round}` })),
    unchanged: kept.slice(changed),
    added: Array.from({ length: gone }, () => `New ${round}`),
  };
}

const stored = (ids: readonly string[]): readonly Comment[] =>
  ids.map((id, at) => ({ id, body: `Comment ${at + 1}` }));

const CAST_OURS = /* GraphQL */ `
  mutation ($id: ID!, $entries: [CastComment!]!) {
    result: updatePost(id: $id, input: { comments: { cast: { entries: $entries } } }) {
      __typename
      ... on UpdatePostSuccess {
        post {
          id
          comments {
            id
            body
          }
        }
      }
    }
  }
`;

function castByOurs(id: string, ids: readonly string[], shape: Shape): Client {
  let comments = stored(ids);
  return async (send) => {
    const { changed, unchanged, added } = nextOf(comments, shape);
    const fresh = added.map((body) => ({ body }));
    const entries = [...changed, ...unchanged, ...fresh];
    const data = await send(CAST_OURS, { id, entries });
    const result = data['result'] as { readonly post?: { readonly comments: readonly Comment[] } };
    if (!result.post) throw new Error(`not written: ${JSON.stringify(result)}`);
    comments = result.post.comments;
  };
}

const CAST_BARE = /* GraphQL */ `
  mutation ($id: ID!, $gone: [ID!]!, $changed: [Entry!]!, $added: [String!]!) {
    post: editComments(id: $id, gone: $gone, changed: $changed, added: $added) {
      id
      comments {
        id
        body
      }
    }
  }
`;

function castByBare(id: string, ids: readonly string[], shape: Shape): Client {
  let comments = stored(ids);
  return async (send) => {
    const { gone, changed, added } = nextOf(comments, shape);
    const data = await send(CAST_BARE, { id, gone, changed, added });
    ({ comments } = data['post'] as { readonly comments: readonly Comment[] });
  };
}

const bodies = Array.from({ length: 50 }, (_, at) => `Comment ${at}`);

const CREATE_OURS = /* GraphQL */ `
  mutation ($comments: [CastComment!]!, $refs: [TagRef!]!) {
    result: createPost(
      input: {
        title: "New"
        comments: { cast: { entries: $comments } }
        tags: { put: { refs: $refs, create: true } }
      }
    ) {
      __typename
      ... on CreatePostSuccess {
        post {
          id
          comments {
            id
            body
          }
          tags {
            id
            name
          }
        }
      }
    }
  }
`;

const createByOurs: Client = async (send) => {
  const refs = newNames(10).map((name) => ({ name }));
  const data = await send(CREATE_OURS, { comments: bodies.map((body) => ({ body })), refs });
  const { __typename } = data['result'] as { readonly __typename: string };
  if (__typename !== 'CreatePostSuccess') throw new Error(`not written: ${__typename}`);
};

const CREATE_BARE = /* GraphQL */ `
  mutation ($comments: [String!]!, $tags: [String!]!) {
    createPost(title: "New", comments: $comments, tags: $tags) {
      id
      comments {
        id
        body
      }
      tags {
        id
        name
      }
    }
  }
`;

const createByBare: Client = (send) => send(CREATE_BARE, { comments: bodies, tags: newNames(10) });

const READ_OURS = /* GraphQL */ `
  query ($ids: [ID!]!) {
    posts(first: 100, where: { id: { in: $ids } }) {
      edges {
        node {
          id
          title
          author {
            id
            name
          }
          comments {
            id
            body
          }
        }
      }
    }
  }
`;

const READ_BARE = READ_OURS.replace('first: 100, where: { id: { in: $ids } }', 'ids: $ids');

async function writeReadPosts(pool: Place['pool']): Promise<readonly string[]> {
  const author = await writeAuthor(pool);
  const posts = await writePosts(pool, { posts: 100, comments: 10, author });
  return posts.map(({ id }) => id);
}
