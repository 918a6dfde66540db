import { defineDomain, owned } from 'prisma-assoc/changeset';
import { expect, test } from 'vitest';
import { prepareChanges } from '../../src/changeset/optimistic-lock.ts';
import { mutate, standardMutationLimits } from '../../src/mutation/mutate.ts';
import { datamodel } from '../../src/generated/datamodel.ts';
import { tellChange } from '../../src/pothos/live/tell-change.ts';
import { associationOf } from '../../src/pothos/read/association-field.ts';
import { useDatabase } from '../support/database.ts';
import { wideLimits } from '../support/limits.ts';
import { countTurns } from '../support/turns.ts';

const database = useDatabase();

/** Between these steps the database is asked nothing. */
test.each([
  { comments: 300, waits: true },
  { comments: 3, waits: false },
])('a mutation of $comments records lets others run between its steps: $waits', async (shape) => {
  const turns = countTurns();
  let validated = 0;
  let prepared = 0;
  const domain = defineDomain(datamodel, {
    Post: {
      cast: ['title'],
      associations: { comments: owned() },
      validate(changeset) {
        validated = turns.now();
        return prepareChanges(changeset, (ready) => {
          prepared = turns.now();
          return ready;
        });
      },
    },
    Comment: { cast: ['body'] },
  });
  const limits = { ...standardMutationLimits, ...wideLimits };
  const setup = { client: database.client, domain, limits, toWhere: () => ({}) };
  const aggregate = domain.aggregate('Post');
  const build = Array.from({ length: shape.comments }, (_, i) => ({ body: `${i}` }));
  const input = { title: 'New', comments: { build } };
  const result = await mutate(setup, { kind: 'create', aggregate, input });
  turns.end();
  expect(result.kind).toBe('success');
  expect(prepared > validated).toBe(shape.waits);
});

test.each([
  { comments: 300, waits: true },
  { comments: 3, waits: false },
])('others run while a write of $comments records is told: $waits', async ({ comments, waits }) => {
  const turns = countTurns();
  let begun = 0;
  let sent = 0;
  const domain = defineDomain(datamodel, {
    Post: { cast: ['title'], associations: { comments: owned() } },
    Comment: { cast: ['body'] },
  });
  const aggregate = domain.aggregate('Post');
  const { model } = aggregate;
  const watches = new Map([[model, { model, associations: [associationOf(model, 'comments')] }]]);
  const build = Array.from({ length: comments }, (_, i) => ({ body: `${i}` }));
  const request = {
    kind: 'create',
    aggregate,
    input: { title: 'New', comments: { build } },
  } as const;
  const tell = tellChange({ domain, watches }, 'channel', request);
  const tx = {
    $executeRawUnsafe: async () => (sent = turns.now()),
    $queryRawUnsafe: async () => [],
  };
  const result = await mutate(
    {
      client: database.client,
      domain,
      limits: { ...standardMutationLimits, ...wideLimits },
      toWhere: () => ({}),
      beforeCommit(_tx, ...written) {
        begun = turns.now();
        return tell(tx, ...written);
      },
    },
    request,
  );
  turns.end();
  expect(result.kind).toBe('success');
  expect(sent - begun >= 2).toBe(waits);
});

/** Counted by the turns of others, in which so many records are validated at most. */
test.each(['cast', 'build'])('others run between the entries of a long %s', async (tool) => {
  const turns = countTurns();
  const validated = new Map<number, number>();
  const domain = defineDomain(datamodel, {
    Post: { cast: ['title'], associations: { comments: owned() } },
    Comment: {
      cast: ['body'],
      validate(changeset) {
        const turn = turns.now();
        validated.set(turn, (validated.get(turn) ?? 0) + 1);
        return changeset;
      },
    },
  });
  const entries = Array.from({ length: 900 }, (_, i) => ({ body: `${i}` }));
  const comments = tool === 'cast' ? { cast: { entries } } : { build: entries };
  const limits = { ...standardMutationLimits, ...wideLimits };
  const setup = { client: database.client, domain, limits, toWhere: () => ({}) };
  const input = { title: 'New', comments };
  const result = await mutate(setup, {
    kind: 'create',
    aggregate: domain.aggregate('Post'),
    input,
  });
  turns.end();
  expect(result.kind).toBe('success');
  expect([...validated.values()].reduce((sum, count) => sum + count)).toBe(900);
  expect(Math.max(...validated.values())).toBeLessThanOrEqual(250);
});
