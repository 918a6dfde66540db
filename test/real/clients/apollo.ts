import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type Reference } from '@apollo/client';
import { removeTypenameFromVariables } from '@apollo/client/link/remove-typename';
import type { CacheTypes } from './cache-types.ts';
import { removalsOf } from './removals.ts';

/** Apollo Client for the service at `uri`, such as http://127.0.0.1:4000/graphql. */
export function makeApolloClient(uri: string, { possibleTypes }: CacheTypes): ApolloClient {
  const replaced = { merge: false };
  const cache = new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Post: { fields: { comments: replaced, tags: replaced } },
      Author: { fields: { posts: replaced } },
      Tag: { fields: { posts: replaced } },
    },
  });
  return new ApolloClient({
    cache,
    // A form sends back what it has read; an input has no __typename.
    link: ApolloLink.from([removeTypenameFromVariables(), new HttpLink({ uri })]),
    defaultOptions: { mutate: { update: (_cache, { data }) => remove(cache, data) } },
  });
}

function remove(cache: InMemoryCache, data: object | null | undefined): void {
  for (const { owner, field, isList, record } of removalsOf(data)) {
    const gone = cache.identify(record) ?? '';
    const isOther = (link: Reference | null) => link?.__ref !== gone;
    const rest = isList
      ? (links: readonly Reference[]) => links.filter(isOther)
      : (link: Reference | null) => (isOther(link) ? link : null);
    cache.modify({
      id: owner === 'Query' ? 'ROOT_QUERY' : (cache.identify(owner) ?? ''),
      fields: { [field]: rest as (links: unknown) => unknown },
    });
    if (owner === 'Query') cache.evict({ id: gone });
  }
}
