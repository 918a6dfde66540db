import SchemaBuilder from '@pothos/core';
import { associationKit, memberNames } from 'prisma-assoc/pothos';
import { keyOwner } from '../blog/asker.ts';
import { blog } from '../blog/domain.ts';
import { findDenied } from '../blog/policy.ts';
import { type Context, countOne } from './context.ts';

/** The builder of the schema: each file under graphql/ adds its types to it. */
export const builder = new SchemaBuilder<{ Context: Context }>({});

/** The blog's types and fields, on that builder. */
export const kit = associationKit(builder, blog, {
  client: ({ client }) => client,
  limits: ({ limits }) => limits ?? {},
  lockTurns: ({ lockTurns }) => lockTurns,
  writeWay: ({ writeWay }) => writeWay ?? 'auto',
  signal: ({ signal }) => signal,
  channel: ({ channel }) => channel,
  maxRows: ({ limits }) => limits?.maxRows,
  inputLimits: { maxIdBytes: 64 },
  authorize: findDenied,
  allowsAll: ({ asker }) => asker.kind === 'open',
  idempotencyOwner: ({ asker }) => keyOwner(asker),
  idempotencyTable: blog.model('IdempotencyKey').table,
  onWrite({ progress }, { plan, isReplay }) {
    progress.written = true;
    if (isReplay) return;
    for (const { action } of plan.operations) {
      if (action !== 'unchanged') countOne(progress.operations, action);
    }
  },
  onResult({ progress }, result) {
    if (result.kind === 'success' || result.kind === 'dryRun') return;
    progress.refusal ??= memberNames[result.kind];
    if (result.kind === 'limit') progress.limit ??= result.counted;
  },
  onRetry: ({ progress }, reason) => countOne(progress.retries, reason),
  onError: ({ log }, error) => log.error({ err: error }, 'what follows a write has failed'),
});

builder.queryType({
  description:
    'Reading. Every association is read in one statement per level and set of arguments, however many records ask for it.',
});

builder.subscriptionType({
  description: 'What changes, as it changes, over SSE.',
});

builder.mutationType({
  description:
    'Writing. Each mutation is a transaction of its own; errors are data, members of its result.',
});
