import { type Draft, isNew, type Post } from '../form/draft.ts';
import { newPostInput, postInput } from '../form/input.ts';
import { type Issues, issuesByField } from '../form/preview.ts';
import { CreatePostDocument, PostDocument, SavePostDocument } from '../generated/graphql.ts';
import { ask, write } from './ask.ts';
import { readToken } from './token.ts';

/** What came of a save. */
export type Saved =
  | { readonly kind: 'saved'; readonly post: Post }
  /** The database would take it: so many writes. */
  | { readonly kind: 'checked'; readonly writes: number }
  | { readonly kind: 'invalid'; readonly issues: Issues }
  /** Others have changed it meanwhile: the post as it is. */
  | { readonly kind: 'stale'; readonly post: Post }
  | { readonly kind: 'gone' }
  /** Who asks may not do what stands there; who has not signed in may write nothing. */
  | {
      readonly kind: 'forbidden';
      readonly isSignedIn: boolean;
      readonly message: string;
      readonly issues: Issues;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** Saves a draft; `dryRun`: lets the database check all of it, and keeps nothing. */
export async function savePost(draft: Draft, dryRun: boolean): Promise<Saved> {
  const { id } = draft.base;
  const options = dryRun ? { dryRun } : { idempotencyKey: keyOf(draft) };
  const answer = isNew(draft)
    ? await write(CreatePostDocument, { input: newPostInput(draft), options })
    : await write(SavePostDocument, { id, input: postInput(draft), options });
  if (answer.kind === 'failed') return answer;
  const result = 'createPost' in answer.data ? answer.data.createPost : answer.data.updatePost;
  switch (result?.__typename) {
    case 'CreatePostSuccess':
    case 'UpdatePostSuccess':
      return { kind: 'saved', post: result.post };
    case 'DryRun': {
      const { inserted, updated, deleted, linked, unlinked } = result.changeset.counts;
      return { kind: 'checked', writes: inserted + updated + deleted + linked + unlinked };
    }
    case 'InvalidChangeset':
      return { kind: 'invalid', issues: issuesByField(draft, result.issues) };
    case 'StaleEntry':
      return readMeanwhile(id);
    case 'NotFound':
      return { kind: 'gone' };
    case 'Forbidden': {
      const isSignedIn = readToken() !== null;
      const [message, at] = isSignedIn
        ? [
            isNew(draft) ? 'only authors may write posts' : 'you may change your own posts only',
            'only its author may change this',
          ]
        : ['sign in first, above', 'sign in to change this'];
      const issues = issuesByField(draft, [{ path: result.path, message: at }]);
      return { kind: 'forbidden', isSignedIn, message, issues };
    }
    default:
      return { kind: 'failed', message: result?.message ?? 'The service gave no answer.' };
  }
}

/** Reads a post as it is now; null if there is none. */
export async function readPost(id: string): Promise<Post | null | string> {
  const answer = await ask(PostDocument, { id });
  return answer.kind === 'data' ? answer.data.post : answer.message;
}

async function readMeanwhile(id: string): Promise<Saved> {
  const post = await readPost(id);
  if (post === null) return { kind: 'gone' };
  return typeof post === 'string' ? { kind: 'failed', message: post } : { kind: 'stale', post };
}

/** One key for one draft: if its answer got lost, saving it again writes nothing twice. */
function keyOf(draft: Draft): string {
  const key = keys.get(draft) ?? makeKey();
  keys.set(draft, key);
  return key;
}

const keys = new WeakMap<Draft, string>();

/** As crypto.randomUUID, which pages have over HTTPS alone. */
function makeKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
