import { defineDomain, owned } from 'prisma-assoc/changeset';
import { expect, test } from 'vitest';
import { prepareChanges } from '../../src/changeset/optimistic-lock.ts';
import { mutate, standardMutationLimits } from '../../src/mutation/mutate.ts';
import { datamodel } from '../../src/generated/datamodel.ts';
import { useDatabase } from '../support/database.ts';
import { wideLimits } from '../support/limits.ts';

const database = useDatabase();

/** What happens between the steps of a mutation, of which none asks the database anything. */
test('others run between the steps of a mutation', async () => {
  const steps: string[] = [];
  const domain = defineDomain(datamodel, {
    Post: {
      cast: ['title'],
      associations: { comments: owned() },
      validate(changeset) {
        steps.push('validated');
        setImmediate(() => steps.push('another request'));
        return prepareChanges(changeset, (prepared) => {
          steps.push('to be written');
          return prepared;
        });
      },
    },
    Comment: { cast: ['body'] },
  });
  const limits = { ...standardMutationLimits, ...wideLimits };
  const setup = { client: database.client, domain, limits, toWhere: () => ({}) };
  const aggregate = domain.aggregate('Post');
  const input = { title: 'New', comments: { build: [{ body: 'New' }] } };
  const result = await mutate(setup, { kind: 'create', aggregate, input });
  expect(result.kind).toBe('success');
  expect(steps).toEqual(['validated', 'another request', 'to be written']);
});

/** Counted by the turns of others, in which so many records are validated at most. */
test.each(['cast', 'build'])('others run between the entries of a long %s', async (tool) => {
  let turns = 0;
  let isOver = false;
  const takeTurns = () => {
    turns += 1;
    if (!isOver) setImmediate(takeTurns);
  };
  const validated = new Map<number, number>();
  const domain = defineDomain(datamodel, {
    Post: { cast: ['title'], associations: { comments: owned() } },
    Comment: {
      cast: ['body'],
      validate(changeset) {
        validated.set(turns, (validated.get(turns) ?? 0) + 1);
        return changeset;
      },
    },
  });
  const entries = Array.from({ length: 900 }, (_, i) => ({ body: `${i}` }));
  const comments = tool === 'cast' ? { cast: { entries } } : { build: entries };
  const limits = { ...standardMutationLimits, ...wideLimits };
  const setup = { client: database.client, domain, limits, toWhere: () => ({}) };
  const input = { title: 'New', comments };
  setImmediate(takeTurns);
  const result = await mutate(setup, {
    kind: 'create',
    aggregate: domain.aggregate('Post'),
    input,
  });
  isOver = true;
  expect(result.kind).toBe('success');
  expect([...validated.values()].reduce((sum, count) => sum + count)).toBe(900);
  expect(Math.max(...validated.values())).toBeLessThanOrEqual(250);
});
