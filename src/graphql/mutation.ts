import { builder } from './builder.ts';

builder.mutationType({
  description:
    'Writing. Each mutation is a transaction of its own; errors are data, members of its result.',
});
