import { builder } from './builder.ts';

builder.queryType({
  description:
    'Reading. Every association is read in one statement per level and set of arguments, however many records ask for it.',
});
