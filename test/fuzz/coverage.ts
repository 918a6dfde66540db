import { type FieldNode, type GraphQLSchema, Kind, parse } from 'graphql';
import { coordinatesIn, coordinatesOf, operationOf } from './coordinates.ts';
import { errorsOf, parse as parseAnswer } from './judge.ts';
import type { FuzzRequest } from './request.ts';
import type { Reply } from './send.ts';

/** What the requests have reached so far. */
export type Coverage = {
  readonly add: (request: FuzzRequest, reply: Reply) => void;
  /** How many root mutations were sent, and how many were written, or would have been. */
  readonly mutations: { readonly sent: number; readonly succeeded: number };
  /** How many replies there were of each kind. */
  readonly endings: Readonly<Record<string, number>>;
  /** Of all coordinates those that were reached, and those that were not. */
  readonly reached: number;
  readonly unreached: readonly string[];
};

/**
 * Counts what requests reach: a coordinate where a root field that names it was answered without an
 * error, and of a mutation where it succeeded.
 */
export function makeCoverage(schema: GraphQLSchema): Coverage {
  const all = coordinatesOf(schema);
  const missing = new Set(all);
  const mutations = { sent: 0, succeeded: 0 };
  const endings: Record<string, number> = {};
  const count = (ending: string) => {
    endings[ending] = (endings[ending] ?? 0) + 1;
  };
  return {
    mutations,
    endings,
    get reached() {
      return all.size - missing.size;
    },
    get unreached() {
      return [...missing].toSorted();
    },
    add(request, reply) {
      if (request.kind === 'raw') return count(`raw ${reply.status || 'without answer'}`);
      const answer = parseAnswer(reply.body) ?? {};
      const errors = errorsOf(answer);
      for (const { extensions } of errors) count(String(extensions?.['code']));
      if (!request.isWhole) return count('garbled');
      if (request.isSubscription) return count(`subscription ${reply.status}`);
      const document = parse(request.query);
      const operation = operationOf(document);
      for (const root of operation.selectionSet.selections) {
        if (root.kind !== Kind.FIELD) continue;
        const result = valueAt(answer['data'], nameOf(root));
        const typename = valueAt(result, '__typename');
        const ending = typeof typename === 'string' ? typename : 'no result';
        const isMutation = operation.operation === 'mutation';
        const isSuccess = /Success$|^DryRun$/.test(ending);
        if (isMutation) {
          count(ending.replace(/^.*Success$/, 'Success'));
          mutations.sent += 1;
          if (isSuccess) mutations.succeeded += 1;
        }
        if (isMutation ? !isSuccess : errors.length > 0) continue;
        for (const name of coordinatesIn(schema, document, root, request.variables)) {
          missing.delete(name);
        }
      }
    },
  };
}

function nameOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function valueAt(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
