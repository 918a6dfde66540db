import { makeTurns, type WriteWay } from 'prisma-assoc';
import { mutate, standardMutationLimits, type Request } from 'prisma-assoc/mutation';
import { blog } from '../src/blog/domain.ts';
import type { Place } from './place.ts';

/** What is sent for one record. */
export type Input = Readonly<Record<string, unknown>>;

const limits = { ...standardMutationLimits, maxEntries: 30_000, maxTotalEntries: 30_000 };

const lockTurns = makeTurns(5);

/** Runs mutations as the resolvers of an open service do; one that is refused throws. */
export function makeOurs({ own }: Place, writeWay: WriteWay = 'auto') {
  const setup = {
    client: own,
    domain: blog,
    limits,
    writeWay,
    lockTurns,
    toWhere: () => ({}),
    context: { asker: { kind: 'open' } },
  };
  async function run(request: Request): Promise<void> {
    const result = await mutate(setup, request);
    if (result.kind !== 'success') throw new Error(`not written: ${JSON.stringify(result)}`);
  }
  return {
    create: (model: string, input: Input) =>
      run({ kind: 'create', aggregate: aggregateOf(model), input }),
    update: (model: string, id: string, input: Input) =>
      run({ kind: 'update', aggregate: aggregateOf(model), id, input }),
    delete: (model: string, id: string) =>
      run({ kind: 'delete', aggregate: aggregateOf(model), id, lockVersion: null }),
  };
}

function aggregateOf(model: string) {
  const aggregate = blog.aggregates.get(model);
  if (!aggregate) throw new Error(`the blog has no ${model}`);
  return aggregate;
}
