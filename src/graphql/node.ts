import { builder, kit } from './builder.ts';

builder.queryFields((t) => ({
  node: kit.node(t, 'The record of a nodeId, or null.'),
}));
