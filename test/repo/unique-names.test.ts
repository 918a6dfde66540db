import { makeRepo } from 'prisma-assoc';
import {
  buildStruct,
  change,
  getModel,
  readModels,
  uniqueConstraint,
} from 'prisma-assoc/changeset';
import { beforeEach, expect, test } from 'vitest';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { useKeys } from '../support/keys.ts';
import { datamodel } from './keys/generated/datamodel.ts';

const database = useKeys();
const models = readModels(datamodel);
const track = getModel(models, 'Track');

beforeEach(() => database.sql('INSERT INTO "Album" (id) VALUES (1)'));

test('a unique constraint is found by the name that Prisma gives its index', async () => {
  const repo = makeRepo(database.client, models);
  const insert = () => {
    const changeset = change(buildStruct(track), { title: 'One', no: 1, albumId: 1 });
    return repo.insert(uniqueConstraint(changeset, ['albumId', 'no'], { errorKey: 'no' }));
  };
  expect(await insert()).toMatchObject({ ok: true });
  const second = await insert();
  expect(second.ok ? [] : listErrors(second.changeset)).toMatchObject([
    { path: ['no'], code: 'UNIQUE' },
  ]);
});
