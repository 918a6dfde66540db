import { expect, test } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { assertValues } from '../../src/plan/check-values.ts';
import type { Operation } from '../../src/plan/plan.ts';
import { readCaseModels } from '../ecto/models.ts';

const models = readCaseModels({ lock: true, timestamps: true });
const base = {
  path: [],
  reason: 'given',
  via: null,
  references: [],
  constraints: [],
} as const;

function insert(model: string, values: Values): Operation {
  return { ...base, action: 'insert', model, row: { new: 0 }, values };
}

function update(model: string, changes: Values): Operation {
  const stored = { row: { key: { id: 1n } }, from: {}, expects: {} };
  return { ...base, ...stored, action: 'update', model, changes };
}

test.each([
  ['an insert', insert('Comment', { body: 'b' }), 'insert', 'post_id'],
  ['an update', update('Comment', { body: null }), 'update', 'body'],
])('%s that leaves a NOT NULL column null is refused by name', (...row) => {
  const [, operation, verb, field] = row;
  expect(() => assertValues({ operations: [operation] }, models)).toThrow(
    `cannot ${verb} Comment: "${field}" is null, which its column does not take. ` +
      'Require it with validateRequired, or give it a value.',
  );
});

test.each([
  ['what a sequence or a default makes', insert('Post', { title: 'T' })],
  ['a column that takes null', update('Post', { body: null })],
  ['fields that do not change', update('Comment', {})],
])('%s may be left out', (_what, operation) => {
  expect(() => assertValues({ operations: [operation] }, models)).not.toThrow();
});
