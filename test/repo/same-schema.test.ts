import { createHash } from 'node:crypto';
import { type Datamodel, readModels } from 'prisma-assoc/changeset';
import { makeRepo } from 'prisma-assoc';
import { expect, test } from 'vitest';
import { datamodel } from '../ecto/generated/datamodel.ts';
import { useCore } from '../support/core.ts';

const core = useCore();

const outOfDate =
  'the datamodel and the Prisma client were made from different schemas, one of them is out of date. Run "prisma generate", with the generators of both.';

/** Makes a repo of a datamodel of this hash. */
const repoWith = (hash: string, client = core.client) => {
  const other: Datamodel = { ...datamodel, hash };
  return () => makeRepo(client, readModels(other));
};

test('a datamodel goes with the client that was made from the same schema', () => {
  expect(repoWith(datamodel.hash)).not.toThrow();
});

test('a datamodel that is older than the client is refused when a repo is made', () => {
  expect(repoWith(createHash('sha256').update('before').digest('hex'))).toThrow(outOfDate);
});

test('a client that is extended is compared as well', () => {
  const extended = core.client.$extends({ name: 'more' });
  expect(repoWith('0', extended as never)).toThrow(outOfDate);
  expect(repoWith(datamodel.hash, extended as never)).not.toThrow();
});

test('a datamodel that is written by hand is taken as it is', () => {
  const { models, enums }: Datamodel = datamodel;
  expect(() => makeRepo(core.client, readModels({ models, enums }))).not.toThrow();
});
