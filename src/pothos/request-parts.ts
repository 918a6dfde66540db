import { standardMutationLimits } from '../mutation/mutate.ts';
import { type Loaders, makeLoaders } from '../repo/read/loaders.ts';
import { makeRowBudget, standardMaxRows } from '../repo/read/row-budget.ts';
import type { KitTypes } from './builder.ts';
import type { KitOptions } from './kit.ts';
import type { RequestParts } from './parts.ts';

/** What a kit needs of a request. It has one context, and so one set of loaders. */
export function requestParts(options: KitOptions<KitTypes>): RequestParts {
  const { client, limits, maxRows, onWrite } = options;
  const loaders = new WeakMap<object, Loaders>();
  const signal = (context: object) => options.signal?.(context);
  return {
    client,
    loaders(context) {
      const known = loaders.get(context);
      if (known) return known;
      const budget = makeRowBudget(maxRows?.(context) ?? standardMaxRows);
      const made = makeLoaders(client(context), {
        patient: true,
        budget,
        signal: signal(context),
      });
      loaders.set(context, made);
      return made;
    },
    signal,
    limits: (context) => ({ ...standardMutationLimits, ...limits?.(context) }),
    onWrite: (context) => onWrite?.(context),
  };
}
