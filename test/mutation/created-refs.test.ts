import { defineDomain } from 'prisma-assoc/changeset';
import { beforeEach, expect, test } from 'vitest';
import { datamodel } from '../repo/keys/generated/datamodel.ts';
import { useKeys } from '../support/keys.ts';
import { issuesOf, runMutation } from '../support/run-mutation.ts';

/* A put that creates a record for a name which none has. */

const domain = defineDomain(datamodel, {
  Shelf: {
    associations: {
      slots: { put: { allowed: ['markAsInvalid'], by: ['text'], create: true } },
    },
  },
  Slot: { cast: ['text', 'letter'] },
});
const { client, sql } = useKeys();

beforeEach(() => sql('INSERT INTO "Shelf" (id) VALUES (1)'));

test('requires what the columns of a record that is created for a name take no null for', async () => {
  const result = await runMutation(
    { client, domain },
    {
      kind: 'update',
      model: 'Shelf',
      id: '1',
      input: { slots: { put: { refs: [{ text: 'a' }], create: true } } },
    },
  );
  expect(issuesOf(result)).toEqual(['REQUIRED slots.put.refs.0.letter']);
});
