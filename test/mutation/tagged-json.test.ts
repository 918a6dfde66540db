import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTaggedJson, toTaggedJson } from '../../src/mutation/idempotency/tagged-json.ts';
import { holds } from '../support/holds.ts';

const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$bigint', '$$', '$date')), tie('value'), {
      noNullPrototype: true,
    }),
  ),
})).value;

test('tagged JSON gives back what was written', async () => {
  await holds(values, (value) => {
    expect(readTaggedJson(toTaggedJson(value))).toEqual(value);
  });
});

test('tagged JSON is JSON, with one key for what JSON lacks', () => {
  expect(toTaggedJson({ id: 7n, at: new Date(0), $bigint: [1] })).toBe(
    '{"id":{"$bigint":"7"},"at":{"$date":"1970-01-01T00:00:00.000Z"},"$$bigint":[1]}',
  );
});
