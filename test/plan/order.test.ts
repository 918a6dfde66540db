import { expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import { loadStruct, withAssoc } from '../../src/model/struct.ts';
import type { Operation } from '../../src/plan/plan.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { readCaseModels } from '../ecto/models.ts';

const models = readCaseModels({ tags: { onReplace: 'delete' } });

/**
 * A post with the tags 1 elixir, 2 ecto, 3 sql, to which a list of tags is cast: what is done, in
 * order.
 */
function operationsOf(tags: readonly object[]): readonly Operation[] {
  const stored = ['elixir', 'ecto', 'sql'].map((name, i) =>
    loadStruct(getModel(models, 'Tag'), { id: BigInt(i + 1), name }),
  );
  const post = loadStruct(getModel(models, 'Post'), { id: 7n, title: 'A' });
  const changeset = cast(withAssoc(post, 'tags', stored), { tags }, []);
  const { plan } = planWrite(
    castAssoc(changeset, 'tags', {
      with: (tag, params) => cast(tag, params, ['name']),
    }),
  );
  return plan.operations;
}

function namesWritten(tags: readonly object[]): readonly unknown[] {
  return operationsOf(tags).flatMap((operation) => {
    if (operation.action === 'insert') return [operation.values['name']];
    return operation.action === 'update' ? [operation.changes['name']] : [];
  });
}

/** The ids of the tags that are parked in their name. */
function rowsParked(tags: readonly object[]): readonly unknown[] {
  return operationsOf(tags).flatMap((operation) =>
    operation.action === 'update' && operation.parks?.includes('name')
      ? Object.values('key' in operation.row ? operation.row.key : {})
      : [],
  );
}

test('a unique value is freed before another row takes it', () => {
  const names = [{ id: 1, name: 'ecto' }, { id: 2, name: 'new' }, { id: 3 }];
  expect(namesWritten(names)).toEqual(['new', 'ecto']);
});

test('an update frees a unique value for an insert that stands before it', () => {
  const names = [{ name: 'sql' }, { id: 1 }, { id: 2 }, { id: 3, name: 'new' }];
  expect(namesWritten(names)).toEqual(['new', 'sql']);
});

test('of rows that exchange unique values the first stays first, and the one that it takes from is parked', () => {
  const swap = [{ id: 1, name: 'ecto' }, { id: 2, name: 'elixir' }, { id: 3 }];
  expect(namesWritten(swap)).toEqual(['ecto', 'elixir']);
  expect(rowsParked(swap)).toEqual([2n]);
  const circle = [
    { id: 1, name: 'ecto' },
    { id: 2, name: 'sql' },
    { id: 3, name: 'elixir' },
  ];
  expect(namesWritten(circle)).toEqual(['ecto', 'elixir', 'sql']);
  expect(rowsParked(circle)).toEqual([2n]);
});

test('a row whose unique value is freed before another takes it is not parked', () => {
  const names = [{ id: 1, name: 'ecto' }, { id: 2, name: 'new' }, { id: 3 }];
  expect(rowsParked(names)).toEqual([]);
});
