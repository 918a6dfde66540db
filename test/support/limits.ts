import { type Limits, standardLimits } from '../../src/postgres/connection.ts';

const WIDE = 300_000;

/** Limits that no request reaches, however slow the machine is. */
export const wideLimits: Limits = {
  ...standardLimits,
  poolTimeout: WIDE,
  lockTimeout: WIDE,
  statementTimeout: WIDE,
  transactionTimeout: WIDE,
};
