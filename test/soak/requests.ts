import type { Mutation, MutationName, Operation } from '../support/mutation.ts';
import type { Random } from './random.ts';

/**
 * What the writers know of the rows, from the answers they got; others may have changed them since.
 */
export type World = {
  readonly authors: Set<string>;
  readonly posts: Set<string>;
  readonly comments: Set<string>;
};

/** A post as a writer has just read it. */
export type PostNow = {
  readonly comments: readonly { readonly id: string }[];
  readonly tags: readonly { readonly id: string; readonly name: string }[];
};

/** What a writer makes a request of. */
export type Making = {
  readonly random: Random;
  readonly world: World;
  /** A text that no other request holds: each request writes it somewhere, unless it deletes. */
  readonly mark: string;
  readonly readPost: (id: string) => Promise<PostNow>;
  /** The posts of an author. */
  readonly readPosts: (author: string) => Promise<readonly string[]>;
};

/** Makes any one of the requests there are. */
export async function makeRequest(making: Making): Promise<Mutation> {
  const { random } = making;
  const all = kinds.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  const make = random.pick(all) ?? buildComment;
  return make(making);
}

/** Notes what an acknowledged request has made and deleted. */
export function learn(world: World, operations: readonly Operation[]): void {
  const known: Record<string, Set<string>> = {
    Author: world.authors,
    Post: world.posts,
    Comment: world.comments,
  };
  for (const { action, type, recordId } of operations) {
    if (recordId === null) continue;
    if (action === 'INSERT') known[type]?.add(recordId);
    if (action === 'DELETE') known[type]?.delete(recordId);
  }
}

type Make = (making: Making) => Mutation | Promise<Mutation>;

const kinds: readonly (readonly [number, Make])[] = [
  [12, buildComment],
  [20, castComments],
  [8, putComments],
  [8, editComment],
  [8, moveComment],
  [5, deleteComment],
  [8, putTags],
  [3, renameTags],
  [6, castPermalink],
  [5, createPost],
  [2, deletePost],
  [5, repointPost],
  [5, castPosts],
  [3, putPosts],
  [2, createAuthor],
  [1, deleteAuthor],
];

function call(name: MutationName, args: Mutation['args']): Mutation {
  return { name, args };
}

function anyOf({ random }: Making, ids: ReadonlySet<string>): string {
  return random.pick([...ids]) ?? '0';
}

/** An id that is there, or was: few writers meet on few rows. */
function anyPost(making: Making): string {
  return anyOf(making, making.world.posts);
}

function newComments({ random, mark }: Making) {
  return Array.from({ length: 1 + random.below(3) }, (_, i) => ({
    body: `${mark} new ${i}`,
  }));
}

function updatePost({ mark }: Making, id: string, input: object): Mutation {
  return call('updatePost', { id, input: { title: `${mark} post`, ...input } });
}

function buildComment(making: Making): Mutation {
  return call('buildPostComment', {
    postId: anyPost(making),
    input: { body: `${making.mark} built` },
  });
}

async function castComments(making: Making): Promise<Mutation> {
  const { random, mark } = making;
  const id = anyPost(making);
  const { comments } = await making.readPost(id);
  const kept = random
    .some(comments, 0.7)
    .slice(0, 8)
    .map((comment, i) =>
      random.chance(0.5) ? { id: comment.id, body: `${mark} cast ${i}` } : { id: comment.id },
    );
  const entries = [...kept, ...newComments(making)];
  return updatePost(making, id, { comments: { cast: { entries } } });
}

async function putComments(making: Making): Promise<Mutation> {
  const { random } = making;
  const [to, from] = [anyPost(making), anyPost(making)];
  const [here, there] = [await making.readPost(to), await making.readPost(from)];
  const ids = new Set([...here.comments, ...random.some(there.comments, 0.3)].map(({ id }) => id));
  const refs = [...ids].map((id) => ({ id }));
  const put = { refs, onReplace: 'DELETE' };
  return updatePost(making, to, { comments: { put } });
}

function editComment(making: Making): Mutation {
  const id = anyOf(making, making.world.comments);
  return call('updateComment', { id, input: { body: `${making.mark} edit` } });
}

function moveComment(making: Making): Mutation {
  const id = anyOf(making, making.world.comments);
  const post = anyPost(making);
  const where = making.random.chance(0.5)
    ? { postId: post }
    : { post: { put: { ref: { id: post } } } };
  const input = { body: `${making.mark} moved`, ...where };
  return call('updateComment', { id, input });
}

function deleteComment(making: Making): Mutation {
  const id = anyOf(making, making.world.comments);
  making.world.comments.delete(id);
  return call('deleteComment', { id });
}

function putTags(making: Making): Mutation {
  const { random } = making;
  const names = new Set(
    Array.from({ length: 1 + random.below(4) }, () => `tag ${random.below(12)}`),
  );
  const refs = [...names].map((name) => ({ name }));
  const put = { refs, create: true };
  return updatePost(making, anyPost(making), { tags: { put } });
}

async function renameTags(making: Making): Promise<Mutation> {
  const id = anyPost(making);
  const { tags } = await making.readPost(id);
  const entries = tags.map((tag, i) => ({
    id: tag.id,
    name: i < 2 ? `${making.mark} tag ${i}` : tag.name,
  }));
  return updatePost(making, id, { tags: { cast: { entries } } });
}

function castPermalink(making: Making): Mutation {
  const { random, mark } = making;
  const entry = random.chance(0.8) ? { url: `/${mark}` } : null;
  const onReplace = random.pick(['UPDATE', 'DELETE', 'NILIFY']);
  const permalink = { cast: { entry, onReplace } };
  return updatePost(making, anyPost(making), { permalink });
}

function createPost(making: Making): Mutation {
  const { random, world, mark } = making;
  const author = random.chance(0.5)
    ? { authorId: anyOf(making, world.authors) }
    : { author: { cast: { entry: { name: `${mark} author` } } } };
  const input = {
    title: `${mark} made`,
    comments: { build: newComments(making) },
    permalink: { build: { url: `/${mark}` } },
    tags: {
      put: { refs: [{ name: `tag ${random.below(12)}` }], create: true },
    },
    ...author,
  };
  return call('createPost', { input });
}

function deletePost(making: Making): Mutation {
  const id = anyPost(making);
  if (making.world.posts.size <= 8) return updatePost(making, id, {});
  making.world.posts.delete(id);
  return call('deletePost', { id });
}

function repointPost(making: Making): Mutation {
  const id = anyOf(making, making.world.authors);
  const input = making.random.chance(0.5) ? { authorId: id } : { author: { put: { ref: { id } } } };
  return updatePost(making, anyPost(making), input);
}

/** Two levels deep: the posts that an author has, with their comments. */
async function castPosts(making: Making): Promise<Mutation> {
  const { random, mark } = making;
  const id = anyOf(making, making.world.authors);
  const ids = await making.readPosts(id);
  const entries = random
    .some(ids, 0.8)
    .map((post, i) =>
      random.chance(0.5)
        ? { id: post, title: `${mark} cast ${i}` }
        : { id: post, comments: { build: newComments(making) } },
    );
  const tags = { build: [{ name: `${mark} tag` }] };
  const built = {
    title: `${mark} nested`,
    comments: { build: newComments(making) },
    tags,
  };
  const posts = { cast: { entries: [...entries, built] } };
  const input = { name: `${mark} author`, posts };
  return call('updateAuthor', { id, input });
}

function putPosts(making: Making): Mutation {
  const { random, world, mark } = making;
  const refs = random.some([...world.posts], 0.2).map(toRef);
  const input = { name: `${mark} author`, posts: { put: { refs } } };
  return call('updateAuthor', { id: anyOf(making, world.authors), input });
}

function toRef(id: string) {
  return { id };
}

function createAuthor(making: Making): Mutation {
  const { mark } = making;
  const posts = {
    build: [
      { title: `${mark} first`, comments: { build: newComments(making) } },
      { title: `${mark} second` },
    ],
  };
  return call('createAuthor', { input: { name: `${mark} author`, posts } });
}

function deleteAuthor(making: Making): Mutation {
  return call('deleteAuthor', { id: anyOf(making, making.world.authors) });
}
