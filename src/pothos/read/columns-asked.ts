import {
  type FieldNode,
  getNamedType,
  type GraphQLFieldMap,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  isObjectType,
  type SelectionNode,
} from 'graphql';
import type { Model } from '../../model/model.ts';
import type { Columns } from '../../repo/row.ts';
import type { Parts } from '../parts.ts';

/** Says in the extensions of a field which columns of its row it reads. */
export function readsColumns(columns: readonly string[]) {
  return { readsColumns: columns } as const;
}

/** What a resolver is told of the selections under its field. */
type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'returnType' | 'schema'>;

/**
 * Which columns of a model's rows are read under a field of its type, or of a type from which fields
 * called as `path` lead there. All where the type or one of the fields is not the kit's: what their
 * resolvers read is not known.
 */
export function columnsAsked(
  { objects }: Parts,
  { name, primaryKey }: Model,
  path: readonly string[] = [],
): (info: Info) => Columns {
  // GraphQL.js gathers the nodes of a field once for each selection of an execution.
  const known = new WeakMap<readonly FieldNode[], Columns>();
  return (info) => {
    if (objects[name]) return null;
    const found = known.get(info.fieldNodes);
    if (found !== undefined) return found;
    const columns = columnsUnder(info, primaryKey, path);
    known.set(info.fieldNodes, columns);
    return columns;
  };
}

function columnsUnder(info: Info, primaryKey: readonly string[], path: readonly string[]): Columns {
  let type: GraphQLNamedType = getNamedType(info.returnType);
  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const name of path) {
    nodes = fieldsOf(info, nodes).filter((node) => node.name.value === name);
    const fields: GraphQLFieldMap<unknown, unknown> = isObjectType(type) ? type.getFields() : {};
    const field = fields[name];
    if (!field) return null;
    type = getNamedType(field.type);
  }
  if (!isObjectType(type)) return null;
  const columns = new Set(primaryKey);
  for (const { name } of fieldsOf(info, nodes)) {
    if (name.value === '__typename') continue;
    const reads: unknown = type.getFields()[name.value]?.extensions['readsColumns'];
    if (!Array.isArray(reads)) return null;
    for (const column of reads as readonly string[]) columns.add(column);
  }
  return [...columns];
}

/** The fields selected under some fields, fragments written out. */
function fieldsOf({ fragments }: Info, parents: readonly FieldNode[]): readonly FieldNode[] {
  const fields: FieldNode[] = [];
  const spread = new Set<string>();
  const gather = (selections: readonly SelectionNode[] = []) => {
    for (const selection of selections) {
      if (selection.kind === 'Field') fields.push(selection);
      else if (selection.kind === 'InlineFragment') gather(selection.selectionSet.selections);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        gather(fragments[selection.name.value]?.selectionSet.selections);
      }
    }
  };
  for (const { selectionSet } of parents) gather(selectionSet?.selections);
  return fields;
}
