import { Client, fetchExchange } from '@urql/core';
import { cacheExchange, type UpdateResolver } from '@urql/exchange-graphcache';
import type { CacheTypes } from './cache-types.ts';
import { removalsOf } from './removals.ts';

/** urql for the service at `url`, such as http://127.0.0.1:4000/graphql. */
export function makeUrqlClient(url: string, types: CacheTypes): Client {
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: types.introspection,
        keys: Object.fromEntries(types.withoutId.map((type) => [type, () => null])),
        updates: { Mutation: Object.fromEntries(types.mutations.map((name) => [name, remove])) },
      }),
      fetchExchange,
    ],
  });
}

const remove: UpdateResolver = (data, _args, cache, { fieldName }) => {
  for (const { owner, field, isList, record } of removalsOf({ result: data[fieldName] })) {
    const gone = cache.keyOfEntity(record);
    const lists = cache.inspectFields(owner).filter((info) => info.fieldName === field);
    for (const { arguments: args } of lists) {
      const link: unknown = cache.resolve(owner, field, args);
      if (!isList && link === gone) cache.link(owner, field, args, null);
      if (!isList || !Array.isArray(link)) continue;
      const rest: string[] = link.filter((key) => key !== gone);
      cache.link(owner, field, args, rest);
    }
    if (owner === 'Query') cache.invalidate(record);
  }
};
