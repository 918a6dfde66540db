import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import type { FuzzRequest } from './request.ts';
import type { Reply } from './send.ts';

const operation: FuzzRequest = {
  kind: 'graphql',
  query: '{a}',
  variables: {},
  isSubscription: false,
  isWhole: true,
};
const raw: FuzzRequest = { kind: 'raw', parts: ['x'], end: 'wait' };
const reply = (status: number, body: string, end: Reply['end'] = 'whole'): Reply => ({
  status,
  body,
  end,
  took: 1,
});
const error = (code: string, message = 'why') =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] });

test.each([
  ['an answer', operation, reply(200, '{"data":{"a":1}}')],
  ['a refusal', operation, reply(400, error('BAD_USER_INPUT'))],
  ['a service that is busy', operation, reply(503, error('UNAVAILABLE'))],
  ['a request that did not come in time', operation, reply(408, '')],
  ['a refusal of bytes', raw, reply(400, 'HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['a connection that is closed', raw, reply(0, '')],
  ['a description', raw, reply(200, 'HTTP/1.1 200 OK\r\n\r\n"""\n  At most 255 characters.\n"""')],
])('finds nothing in %s', (...row) => {
  const [, request, answer] = row;
  expect(judge(request, answer)).toEqual([]);
});

test.each([
  ['an error of its own', operation, reply(200, error('INTERNAL_SERVER_ERROR'))],
  ['a masked error of any code', operation, reply(200, error('X', 'Unexpected error.'))],
  ['an unknown outcome', operation, reply(200, error('OUTCOME_UNKNOWN'))],
  ['an error without a code', operation, reply(200, '{"errors":[{"message":"why"}]}')],
  ['a status of 500', operation, reply(500, error('BAD_USER_INPUT'))],
  ['a status of 503 without its code', operation, reply(503, '{}')],
  ['what is no JSON', operation, reply(200, '<html>')],
  ['SQL', operation, reply(200, error('BAD_USER_INPUT', 'SELECT id FROM posts'))],
  ['a stack', raw, reply(400, 'HTTP/1.1 400 Bad Request\r\n\r\nError: why\n    at run (x)')],
  ['a path', operation, reply(200, error('BAD_USER_INPUT', 'at src/server/main.ts:3'))],
  ['a request without an end', operation, reply(0, '', 'late')],
  ['a lost connection', operation, reply(0, '', 'lost')],
  ['a status of 500 for bytes', raw, reply(500, 'HTTP/1.1 500 x\r\n\r\n')],
  ['what is no HTTP', raw, reply(0, 'x')],
  ['a connection without an end', raw, reply(0, '', 'late')],
])('finds %s', (...row) => {
  const [, request, answer] = row;
  expect(judge(request, answer)).not.toEqual([]);
});
