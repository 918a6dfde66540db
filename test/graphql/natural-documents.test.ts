import {
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

/*
 * Documents as clients write them: every field of every member of a result under its own name, the
 * records of the operations too. Fields of one name whose types differ could not stand side by side.
 */

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
const node = schema.getType('Node');
const nodes = isInterfaceType(node) ? schema.getPossibleTypes(node) : [];

test.each(mutations.map(({ name }) => name))(
  'every field of every member of the result of %s can be selected together',
  (name) => {
    const field = mutations.find((mutation) => mutation.name === name);
    const union = field && getNamedType(field.type);
    const members = isUnionType(union) ? union.getTypes() : [];
    expect(members.map(String)).toContain('DryRun');
    const parts = members.map((member) => `... on ${member.name} ${selection(member, 4)}`);
    const args = (field?.args ?? []).map((arg) => `$${arg.name}: ${String(arg.type)}`);
    const sent = (field?.args ?? []).map((arg) => `${arg.name}: $${arg.name}`);
    const text = `mutation (${args.join(', ')}) {
      ${name}(${sent.join(', ')}) { __typename ... on WriteError { message } ${parts.join(' ')} }
    }`;
    expect(text).toMatch(/operations \{.*\bcomment \{.*\bpermalink \{/s);
    expect(validate(schema, parse(text))).toEqual([]);
  },
);

describe('under Node', () => {
  test('exactly two pairs of fields need an alias', () => {
    const pairs = nodes.flatMap((a, i) =>
      nodes.slice(i + 1).flatMap((b) =>
        Object.keys(a.getFields())
          .filter((name) => name in b.getFields() && refused(a, b, name))
          .map((name) => `${name} of ${a.name} and ${b.name}`),
      ),
    );
    expect(pairs.toSorted()).toEqual(['body of Post and Comment', 'post of Comment and Permalink']);
  });
});

function refused(a: GraphQLObjectType, b: GraphQLObjectType, name: string): boolean {
  const of = (type: GraphQLObjectType) => {
    const field = type.getFields()[name];
    return `... on ${type.name} { ${field ? fieldText(field, 1) : ''} }`;
  };
  const text = `{ node(nodeId: "x") { ${of(a)} ${of(b)} } }`;
  return validate(schema, parse(text)).length > 0;
}

/** Every field of a type, and so many levels below. */
function selection(type: GraphQLObjectType, levels: number): string {
  const fields = Object.values(type.getFields()).map((field) => fieldText(field, levels));
  return `{ ${fields.join(' ')} }`;
}

function fieldText(field: GraphQLField<unknown, unknown>, levels: number): string {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return field.name;
  if (levels === 0 || !isObjectType(type)) return `${field.name} { __typename }`;
  return `${field.name} ${selection(type, levels - 1)}`;
}
