import { parse } from 'graphql';
import { join } from 'node:path';
import {
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  type GraphQLTaggedNode,
} from 'relay-runtime';
import { makeApolloClient } from './apollo.ts';
import { documentOf, fragments, operations, type OperationName } from './blog.ts';
import type { CacheTypes } from './cache-types.ts';
import { compileRelay } from './compile-relay.ts';
import { makeRelay } from './relay.ts';
import { makeUrqlClient } from './urql.ts';

/** A page that shows BlogQuery by one of the clients. */
export type Front = {
  /** What it shows now; undefined before it has read, and where the cache lacks something. */
  readonly shown: () => unknown;
  /** What a reading of the cache alone gives. */
  readonly cached: () => unknown;
  /** Sends a mutation; gives its data as the client gives them. */
  readonly mutate: (name: OperationName, variables: object) => Promise<unknown>;
};

/** Opens a page on an empty cache, by each client. */
export const fronts: Readonly<Record<string, (url: string, types: CacheTypes) => Promise<Front>>> =
  {
    async 'Apollo Client'(url, types) {
      const client = makeApolloClient(url, types);
      const query = parse(documentOf('BlogQuery'));
      await client.query({ query });
      let shown: unknown;
      client.watchQuery({ query }).subscribe(({ data, dataState }) => {
        shown = dataState === 'complete' ? data : undefined;
      });
      return {
        shown: () => shown,
        cached: () => client.readQuery({ query }),
        async mutate(name, variables) {
          const mutation = parse(documentOf(name));
          return (await client.mutate({ mutation, variables })).data;
        },
      };
    },

    async 'urql with Graphcache'(url, types) {
      const client = makeUrqlClient(url, types);
      const query = documentOf('BlogQuery');
      let shown: unknown;
      await new Promise<void>((resolve) => {
        client.query(query, {}).subscribe(({ data, stale }) => {
          shown = stale ? undefined : data;
          resolve();
        });
      });
      return {
        shown: () => shown,
        cached: () => client.readQuery(query, {})?.data,
        mutate: async (name, variables) =>
          (await client.mutation(documentOf(name), variables).toPromise()).data,
      };
    },

    async Relay(url) {
      const { environment, updater } = makeRelay(url);
      const texts = [...Object.values(fragments), ...Object.values(operations)];
      // The tests compare whole answers; a component reads those of its own fragment.
      const open = texts.map((text) => text.replaceAll(/\.\.\.Blog\w+/g, '$& @relay(mask: false)'));
      const folder = await compileRelay('Blog', open);
      const artifact = async (name: OperationName): Promise<GraphQLTaggedNode> =>
        (await import(join(folder, `${name}.graphql.ts`))).default;
      const query = await artifact('BlogQuery');
      await fetchQuery(environment, query, {}).toPromise();
      const operation = createOperationDescriptor(getRequest(query), {});
      environment.retain(operation);
      const read = environment.lookup(operation.fragment);
      let shown: unknown = read.data;
      environment.subscribe(read, ({ data, isMissingData }) => {
        shown = isMissingData ? undefined : data;
      });
      return {
        shown: () => shown,
        cached: () =>
          environment.check(operation).status === 'available'
            ? environment.lookup(operation.fragment).data
            : undefined,
        async mutate(name, variables) {
          const mutation = await artifact(name);
          return new Promise((resolve, reject) => {
            commitMutation(environment, {
              mutation,
              variables: { ...variables },
              updater,
              onCompleted: resolve,
              onError: reject,
            });
          });
        },
      };
    },
  };
