/** How long a transaction may take, all attempts together, in ms, where nothing else is set. */
export const standardTransactionTimeout = 15_000;
