import { typeBrandKey } from '@pothos/core';
import { castParts, completeKey } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import type { Row } from '../../repo/row.ts';
import type { Field, ObjectFields, QueryFields } from '../builder.ts';
import { objectOf, type Parts } from '../parts.ts';
import { textOf } from '../ids.ts';
import { readsColumns } from '../read/columns-asked.ts';
import { readNodeId, writeNodeId } from './node-id.ts';

/** Relay's Node: a record that can be read again by an id that is unique over all types. */
export function nodeInterface({ builder, named }: Parts) {
  return named('Node', (name) =>
    builder.interfaceRef<Row>(name).implement({
      description: 'A record that `node` finds by its nodeId.',
      fields: (t) => ({
        nodeId: t.id({ nullable: false, description: NODE_ID, resolve: () => '' }),
      }),
    }),
  );
}

/** The field nodeId of an object type. */
export function nodeIdField(t: ObjectFields<Row>, model: Model): Field {
  return t.id({
    nullable: false,
    description: NODE_ID,
    extensions: readsColumns(model.primaryKey),
    resolve: (row) => writeNodeId(model, row),
  });
}

/** The Query field that finds a record of any type by its nodeId. */
export function nodeField(parts: Parts, t: QueryFields, description: string): Field {
  return t.field({
    type: nodeInterface(parts),
    nullable: true,
    description,
    args: {
      nodeId: t.arg.id({
        required: true,
        description: `The nodeId, at most ${parts.inputLimits.maxNodeIdBytes} bytes; what is none finds nothing.`,
      }),
    },
    resolve: (_root, { nodeId }, context) => readNode(parts, nodeId, context),
  });
}

const NODE_ID = 'Unique over all types; for `node`.';

async function readNode(parts: Parts, nodeId: string, context: object) {
  // A nodeId holds an id and more, and has a length of its own.
  const named = readNodeId(textOf(nodeId), parts.inputLimits.maxNodeIdBytes);
  const model = named && parts.domain.models.get(named.model);
  if (!model || !parts.isNode(model)) return null;
  const key = completeKey(model, castParts(model, named.key));
  const row = key && (await parts.loaders(context).record(model, key));
  return row && { ...row, [typeBrandKey]: objectOf(parts, model) };
}
