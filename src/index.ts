/* What needs a database: the repo, which reads records and writes changesets. */

export { toNestedWrite } from './plan/prisma/nested-write.ts';
export type { PrismaCall } from './plan/prisma/call.ts';
export { assertSameSchema } from './repo/assert-same-schema.ts';
export type { Channel } from './repo/channel/channel.ts';
export { RETRIES } from './repo/errors/backoff.ts';
export {
  OutcomeUnknownError,
  OvertimeError,
  UnavailableError,
  VanishedError,
} from './repo/errors/database-fault.ts';
export { ConstraintError, InvalidChangesetError, StaleEntryError } from './repo/errors/errors.ts';
export { type Loaders, type LoaderOptions, makeLoaders } from './repo/read/loaders.ts';
export { type RowBudget, TooManyRowsError, makeRowBudget } from './repo/read/row-budget.ts';
export type { Preload, PreloadOptions, PreloadQuery } from './repo/read/preload.ts';
export { type Repo, type RepoSettings, makeRepo } from './repo/repo.ts';
export type { Row } from './repo/row.ts';
export type { TransactionClient } from './repo/transaction/transaction.ts';
export { makeTurns, type Turns } from './repo/transaction/turns.ts';
export { type WriteWay, writeWays } from './repo/write/write-way.ts';
export type { Outcome } from './repo/write/write-changeset.ts';
export type { RepoOptions } from './repo/write/write-in-transaction.ts';
