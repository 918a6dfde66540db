import { createClient } from 'graphql-sse';
import type { Post } from '../form/draft.ts';
import { PostChangedDocument, type PostChangedSubscription } from '../generated/graphql.ts';
import { authorization, fetchSigned } from './token.ts';

const client = createClient({
  url: '/graphql',
  headers: () => authorization(),
  fetchFn: fetchSigned,
  // Whoever was cut off begins with the post as it is.
  retryAttempts: Infinity,
  retry: (times) => new Promise((resolve) => setTimeout(resolve, Math.min(2 ** times, 30) * 1_000)),
});

/**
 * Tells of a post whenever it changes, with null once it is deleted; gives what ends that. A service
 * without live changes tells of nothing: then a save finds them out.
 */
export function followPost(id: string, onPost: (post: Post | null) => void): () => void {
  return client.subscribe<PostChangedSubscription>(
    { query: PostChangedDocument.toString(), variables: { id } },
    {
      next({ data }) {
        if (data) onPost(data.postChanged.post);
      },
      error() {},
      complete() {},
    },
  );
}
