import {
  getNamedType,
  type GraphQLInputType,
  type GraphQLResolveInfo,
  isInputObjectType,
  type ValueNode,
} from 'graphql';
import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';

/** Marks an input field as a scope: what decides which rows are deleted. */
export const scopeExtension = { isScope: true } as const;

/**
 * Refuses a scope for which the document names a variable that was not sent: it would mean the
 * whole list. Coerced, such a scope is not there; so it is looked for in the document.
 * @throws GraphQLError BAD_USER_INPUT
 */
export function assertScopesSent({
  fieldNodes: [node],
  parentType,
  fieldName,
  variableValues,
}: GraphQLResolveInfo): void {
  const args = parentType.getFields()[fieldName]?.args ?? [];
  for (const { name, value } of node?.arguments ?? []) {
    const type = args.find((arg) => arg.name === name.value)?.type;
    if (type) assertSent(value, type, { variables: variableValues, path: [name.value] });
  }
}

interface Place {
  readonly variables: { readonly [name: string]: unknown };
  readonly path: ArgumentPath;
}

function assertSent(node: ValueNode, type: GraphQLInputType, { variables, path }: Place): void {
  if (node.kind === 'ListValue') {
    for (const [i, item] of node.values.entries()) {
      assertSent(item, type, { variables, path: [...path, String(i)] });
    }
    return;
  }
  const named = getNamedType(type);
  if (node.kind !== 'ObjectValue' || !isInputObjectType(named)) return;
  for (const { name, value } of node.fields) {
    const field = named.getFields()[name.value];
    const below = { variables, path: [...path, name.value] };
    if (!field) continue;
    const isScope = field.extensions['isScope'] === true;
    if (isScope && value.kind === 'Variable' && !Object.hasOwn(variables, value.name.value)) {
      throw badUserInput(
        below.path,
        `is $${value.name.value}, which was not sent: leave the scope out to mean the whole list`,
      );
    }
    assertSent(value, field.type, below);
  }
}
