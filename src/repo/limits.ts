/** How long a transaction may take, all attempts together, in ms, if nothing else is set. */
export const standardTransactionTimeout = 15_000;
