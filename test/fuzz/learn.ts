import { type GraphQLSchema, getNamedType, isObjectType, isRequiredArgument } from 'graphql';
import { parse } from './judge.ts';
import type { Family, Stock } from './stock.ts';

/** Reads what stands for the rows within reach in the API's own terms: cursors and node ids. */
export async function learnStock(
  url: string,
  schema: GraphQLSchema,
  families: readonly Family[],
): Promise<Stock> {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  const cursors: Record<string, readonly string[]> = {};
  const nodeIds: string[] = [];
  for (const { name, type, args } of fields) {
    const named = getNamedType(type);
    if (!isObjectType(named)) continue;
    const inner = named.getFields();
    const edge = inner['edges'] && getNamedType(inner['edges'].type);
    const node = isObjectType(edge) && edge.getFields()['node'];
    if (node) {
      const text = await ask(url, `{${name}(first: 10) {edges {cursor}}}`);
      cursors[getNamedType(node.type).name] = valuesOf('cursor', text);
    } else if (inner['nodeId'] && args.some(isRequiredArgument)) {
      const rows = families.flatMap((family) => family[named.name] ?? []).slice(0, 20);
      const roots = rows.map(({ id }, at) => `r${at}: ${name}(id: ${id}) {nodeId}`);
      nodeIds.push(...valuesOf('nodeId', await ask(url, `{${roots.join(' ')}}`)));
    }
  }
  return { families, cursors, nodeIds };
}

async function ask(url: string, query: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  if (!parse(text)?.['data']) throw new Error(`${query}: ${text}`);
  return text;
}

function valuesOf(field: string, json: string): readonly string[] {
  return [...json.matchAll(new RegExp(`"${field}":"([^"]+)"`, 'g'))].map(([, value = '']) => value);
}
