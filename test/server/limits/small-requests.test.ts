import { expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { useService } from '../../support/service.ts';

/*
 * What takes a client little to send, and would take the service much to do, is refused before the
 * database hears of it.
 */

const database = useDatabase('once');
const service = useService(database);

const many = <T>(count: number, item: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => item(at));
const conditions = (count: number) => ({ OR: many(count, (at) => ({ id: { gt: String(at) } })) });
const aliases = (count: number, field: (at: number) => string) =>
  many(count, (at) => `a${at}: ${field(at)}`).join(' ');
const nested = (depth: number): object =>
  many(depth, () => 'AND').reduce<object>((inner, name) => ({ [name]: [inner] }), {});
const long = (bytes: number) => 'x'.repeat(bytes);

const tooComplex = { code: 'QUERY_TOO_COMPLEX' };
const badInput = { code: 'BAD_USER_INPUT' };

test.each([
  [
    '99 fields below one row with a filter of 900 conditions',
    `query ($v: PostWhere) {tag(id: 1) {${aliases(99, (at) => `posts(where: $v, first: ${at}) {id}`)}}}`,
    conditions(900),
    tooComplex,
  ],
  [
    '20 lists with a filter of 900 conditions',
    `query ($v: PostWhere) {${aliases(20, () => 'posts(where: $v) {totalCount}')}}`,
    conditions(900),
    tooComplex,
  ],
  [
    'the same in the answer of a mutation',
    `mutation ($v: PostWhere) {updateAuthor(id: 1, input: {}) {... on UpdateAuthorSuccess {author {${aliases(20, () => 'posts(where: $v) {id}')}}}}}`,
    conditions(900),
    tooComplex,
  ],
  [
    'a filter 750 levels deep',
    'query ($v: PostWhere) {posts(where: $v) {totalCount}}',
    nested(750),
    tooComplex,
  ],
  [
    'an order of 30,000 columns',
    'query ($v: [PostOrder!]) {posts(orderBy: $v) {totalCount}}',
    many(30_000, () => ({ id: 'Asc' })),
    tooComplex,
  ],
  [
    'a list of 30,000 values in a filter',
    'query ($v: [ID!]) {posts(where: {id: {in: $v}}) {totalCount}}',
    many(30_000, String),
    tooComplex,
  ],
  [
    'a cursor of 3 MB',
    'query ($v: String) {posts(after: $v) {edges {cursor}}}',
    long(3_000_000),
    badInput,
  ],
  [
    'an idempotency key of 3 MB',
    'mutation ($v: String) {updatePost(id: 7, input: {}, options: {idempotencyKey: $v}) {__typename}}',
    long(3_000_000),
    badInput,
  ],
  [
    'a body of 5 MB',
    'mutation ($v: String) {updatePost(id: 7, input: {body: $v}) {__typename}}',
    long(5_000_000),
    { code: 'REQUEST_ENTITY_TOO_LARGE' },
  ],
])('runs no statement: %s', async (...row) => {
  const [, query, value, extensions] = row;
  const statements = await database.statementsOf(async () => {
    const { errors = [] } = await service.sendText(query, { v: value });
    expect(errors).toMatchObject([{ extensions }]);
    expect(errors[0]?.message.length).toBeLessThanOrEqual(200);
  });
  expect(statements).toEqual([]);
});
