import { expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { heapUsed } from '../../support/heap.ts';
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
    'a cursor of 65,537 characters',
    'query ($v: String) {posts(after: $v) {edges {cursor}}}',
    long(65_537),
    badInput,
  ],
  [
    'a filter of 11 conditions on associations, whose joins PostgreSQL would have to order',
    'query ($v: PostWhere) {posts(where: $v) {edges {cursor}}}',
    { AND: many(11, () => ({ tags: { some: {} } })) },
    badInput,
  ],
  [
    'two scopes of 300 conditions in one mutation',
    `mutation ($v: CommentWhere) {updateAuthor(id: 1, input: {posts: {cast: {entries: [${many(2, (at) => `{id: ${at} comments: {cast: {entries: [], scope: $v}}}`).join(' ')}]}}}) {__typename}}`,
    conditions(300),
    badInput,
  ],
  [
    'one text of 1 MB as the body of five posts',
    `mutation ($v: String) {updateAuthor(id: 1, input: {posts: {build: [${many(5, () => '{title: "t", body: $v}').join(' ')}]}}) {__typename}}`,
    long(1_000_000),
    tooComplex,
  ],
  [
    'one text of 1 MB in five conditions',
    `query ($v: String) {posts(where: {OR: [${many(5, () => '{body: {contains: $v}}').join(' ')}]}) {totalCount}}`,
    long(1_000_000),
    tooComplex,
  ],
  [
    '1,000 expected ids at 101 places',
    `mutation ($v: [ID!]) {updateAuthor(id: 1, input: {posts: {cast: {entries: [${many(101, (at) => `{id: ${at} comments: {cast: {entries: [], expectedIds: $v}}}`).join(' ')}]}}}) {__typename}}`,
    many(1_000, String),
    tooComplex,
  ],
  [
    '1,000 entries in each of 500 entries',
    `mutation ($v: [BuildComment!]!) {createAuthor(input: {name: "a", posts: {build: [${many(500, () => '{title: "t", comments: {build: $v}}').join(' ')}]}}) {__typename}}`,
    many(1_000, () => ({ body: 'b' })),
    tooComplex,
  ],
  [
    '300 fragments beside each other',
    `{posts {totalCount ${many(300, (at) => `...F${at}`).join(' ')}}} ${many(300, (at) => `fragment F${at} on PostConnection {totalCount}`).join(' ')}`,
    null,
    tooComplex,
  ],
  [
    'lists in lists in lists, in circles',
    '{posts {edges {node {comments {post {comments {post {comments {id}}}}}}}}}',
    null,
    tooComplex,
  ],
  [
    'a filter of 200 conditions in the document, read again under each of 2,000 comments',
    `{posts(first: 100) {edges {node {comments {post {commentCount(where: {OR: [${many(200, (at) => `{id: {gt: ${at}}}`).join(' ')}]})}}}}}}`,
    null,
    tooComplex,
  ],
  [
    'an idempotency key of 3 MB',
    'mutation ($v: String) {updatePost(id: 7, input: {}, options: {idempotencyKey: $v}) {__typename}}',
    long(3_000_000),
    badInput,
  ],
  [
    '60 unknown fields beside a list of 99,000 values',
    'mutation ($v: CreateAuthorInput!) {createAuthor(input: $v) {__typename}}',
    { ...Object.fromEntries(many(60, (at) => [`x${at}`, 1])), posts: many(99_000, () => 1) },
    badInput,
  ],
  [
    '60 unknown fields with names of 60,000 characters',
    'mutation ($v: CreateAuthorInput!) {createAuthor(input: $v) {__typename}}',
    Object.fromEntries(many(60, (at) => [`${long(60_000)}${at}`, 1])),
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
  const before = heapUsed();
  const statements = await database.statementsOf(async () => {
    const { errors = [] } = await service.sendText(query, { v: value });
    expect(errors).toMatchObject([{ extensions }]);
    expect(errors[0]?.message.length).toBeLessThanOrEqual(200);
  });
  expect(statements).toEqual([]);
  expect(heapUsed() - before).toBeLessThan(150_000_000);
});

test.each([
  [
    'LimitExceeded',
    'a list of 40,000 wrong ids',
    'mutation ($v: [ID!]) {result: updatePost(id: 7, input: {tags: {put: {refs: [], expectedIds: $v}}}) {__typename}}',
    many(40_000, () => 'x'),
  ],
  [
    'LimitExceeded',
    '1,000 posts with 5 comments each',
    'mutation ($v: [BuildPost!]!) {result: createAuthor(input: {name: "a", posts: {build: $v}}) {__typename}}',
    many(1_000, () => ({ title: 't', comments: { build: many(5, () => ({ body: 'b' })) } })),
  ],
  [
    'NotFound',
    'an id of 3 MB',
    'mutation ($v: ID!) {result: deletePost(id: $v) {__typename}}',
    long(3_000_000),
  ],
  [
    'InvalidChangeset',
    'a text of 3 MB',
    'mutation ($v: String) {result: createPost(input: {title: "t", body: $v}) {__typename}}',
    long(3_000_000),
  ],
])('is %s, and reads and writes no row: %s', async (...row) => {
  const [ending, , query, value] = row;
  const before = heapUsed();
  const statements = await database.statementsOf(async () => {
    const { data } = await service.sendText(query, { v: value });
    expect(data).toEqual({ result: { __typename: ending } });
  });
  expect(statements.filter(({ sql }) => /\b(FROM|INTO|UPDATE)\b/i.test(sql))).toEqual([]);
  expect(heapUsed() - before).toBeLessThan(150_000_000);
});
