import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type NamedTypeNode,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schemaText } from '../../src/graphql/print.ts';

/*
 * contract.graphql is what clients may rely on. The printed schema may hold more of everything, but
 * nothing that a client would have to send, and of what it holds in common every type, default and
 * nullability is the same.
 */

const contract = definitionsOf(readFileSync(join(import.meta.dirname, 'contract.graphql'), 'utf8'));
const schema = definitionsOf(schemaText());

test('the schema holds the whole contract', () => {
  expect(contract.size).toBeGreaterThan(70);
  expect(differences(contract, schema)).toEqual([]);
});

describe('a schema that differs from the contract is told from it:', () => {
  test.each([
    ['type A { x: Int }', 'type B { x: Int }', 'A is missing'],
    ['type A { x: Int }', 'input A { x: Int }', 'A is of another kind'],
    ['type A { x: Int }', 'type A { y: Int }', 'A.x is missing'],
    ['type A { x: Int! }', 'type A { x: Int }', 'A.x is Int, not Int!'],
    ['type A { x: [Int] }', 'type A { x: [Int!] }', 'A.x is [Int!], not [Int]'],
    ['type A { x(y: Int): Int }', 'type A { x: Int }', 'A.x(y:) is missing'],
    ['type A { x(y: Int): Int }', 'type A { x(y: ID): Int }', 'A.x(y:) is ID, not Int'],
    ['type A { x: Int }', 'type A { x(y: Int!): Int }', 'A.x(y:) must be sent'],
    ['input A { x: Int = 1 }', 'input A { x: Int = 2 }', 'A.x defaults to 2, not 1'],
    ['input A { x: Int }', 'input A { x: Int = 1 }', 'A.x defaults to 1, not nothing'],
    ['input A { x: Int }', 'input A { x: Int y: Int! }', 'A.y must be sent'],
    ['input A @oneOf { x: Int }', 'input A { x: Int }', 'A is not @oneOf'],
    ['input A { x: Int }', 'input A @oneOf { x: Int }', 'A is @oneOf'],
    ['enum A { X Y }', 'enum A { X }', 'A.Y is missing'],
    ['union A = B | C', 'union A = B', 'A has no C'],
    ['type A implements B { x: Int }', 'type A { x: Int }', 'A has no B'],
  ])('%s, %s', (wanted, given, difference) => {
    const found = differences(definitionsOf(wanted), definitionsOf(given));
    expect(found).toEqual([difference]);
  });
});

describe('what the contract says in words: the schema has', () => {
  const mutations = fieldsOf(contract.get('Mutation')).map(({ name }) => name.value);

  test.each(mutations)('the result of %s', (mutation) => {
    const name = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const record = /(Post|Comment|Author|Tag)$/.exec(name)?.[1]?.toLowerCase();
    const members = memberNames(contract.get('UpdatePostResult')).map((member) =>
      member === 'UpdatePostSuccess' ? `${name}Success` : member,
    );
    expect(memberNames(schema.get(`${name}Result`)).toSorted()).toEqual(members.toSorted());
    const success = fieldsOf(schema.get(`${name}Success`));
    expect(success.map(print).map(withoutDescription)).toEqual([
      `${record}: ${record?.replace(/^./, (letter) => letter.toUpperCase())}!`,
      'changeset: Changeset!',
    ]);
  });

  const columns = {
    Post: {
      id: 'ID',
      title: 'String',
      body: 'String',
      lockVersion: 'Int',
      insertedAt: 'DateTime',
      updatedAt: 'DateTime',
    },
    Comment: {
      id: 'ID',
      body: 'String',
      lockVersion: 'Int',
      insertedAt: 'DateTime',
      updatedAt: 'DateTime',
    },
    Author: {
      id: 'ID',
      name: 'String',
      lockVersion: 'Int',
      insertedAt: 'DateTime',
      updatedAt: 'DateTime',
    },
    Tag: { id: 'ID', name: 'String' },
  };
  const sets = ['equals', 'in', 'notIn', 'not'];
  const operators: Readonly<Record<string, readonly string[]>> = {
    String: [...sets, 'contains', 'startsWith', 'endsWith', 'mode'],
    ID: [...sets, 'lt', 'lte', 'gt', 'gte'],
    Int: [...sets, 'lt', 'lte', 'gt', 'gte'],
    DateTime: [...sets, 'lt', 'lte', 'gt', 'gte'],
  };

  test.each(Object.entries(columns))('the connection, filter and order of %s', (model, kinds) => {
    const where = fieldsOf(schema.get(`${model}Where`));
    const names = where.map(({ name }) => name.value);
    const own = Object.keys(kinds);
    expect(names).toEqual(expect.arrayContaining([...own, 'AND', 'OR', 'NOT']));
    for (const [column, kind] of Object.entries(kinds)) {
      const field = where.find(({ name }) => name.value === column);
      const filter = fieldsOf(schema.get(field ? print(field.type) : ''));
      expect(
        filter.map(({ name }) => name.value),
        `${model}Where.${column}`,
      ).toEqual(operators[kind]);
    }
    const order = schema.get(`${model}Order`);
    expect(isOneOf(order)).toBe(true);
    expect(fieldsOf(order).map(({ name }) => name.value)).toEqual(expect.arrayContaining(own));
    expect(typesOf(`${model}Connection`)).toEqual({
      edges: `[${model}Edge!]!`,
      pageInfo: 'PageInfo!',
      totalCount: 'Int!',
    });
    expect(typesOf(`${model}Edge`)).toEqual({
      cursor: 'String!',
      node: `${model}!`,
    });
  });

  test('page information as Relay has it, and two directions', () => {
    expect(typesOf('PageInfo')).toEqual({
      hasNextPage: 'Boolean!',
      hasPreviousPage: 'Boolean!',
      startCursor: 'String',
      endCursor: 'String',
    });
    expect(valuesOf(schema.get('OrderDirection'))).toEqual(['Asc', 'Desc']);
  });
});

type Definitions = ReadonlyMap<string, TypeDefinitionNode>;

function definitionsOf(text: string): Definitions {
  const definitions = parse(text).definitions.filter(isTypeDefinition);
  return new Map(definitions.map((node) => [node.name.value, node]));
}

function isTypeDefinition(node: DefinitionNode): node is TypeDefinitionNode {
  return node.kind.endsWith('TypeDefinition');
}

/** What a client that knows the contract would miss in the schema, or have to send beyond it. */
function differences(wanted: Definitions, given: Definitions): string[] {
  return [...wanted].flatMap(([name, want]) => {
    const has = given.get(name);
    if (!has) return [`${name} is missing`];
    if (has.kind !== want.kind) return [`${name} is of another kind`];
    return [
      ...fieldDifferences(name, fieldsOf(want), fieldsOf(has)),
      ...valuesOf(want)
        .filter((value) => !valuesOf(has).includes(value))
        .map((value) => `${name}.${value} is missing`),
      ...memberNames(want)
        .filter((member) => !memberNames(has).includes(member))
        .map((member) => `${name} has no ${member}`),
      ...(isOneOf(want) === isOneOf(has)
        ? []
        : [`${name} is ${isOneOf(want) ? 'not ' : ''}@oneOf`]),
    ];
  });
}

type FieldNode = FieldDefinitionNode | InputValueDefinitionNode;

function fieldDifferences(
  owner: string,
  wanted: readonly FieldNode[],
  given: readonly FieldNode[],
): string[] {
  const missing = wanted.flatMap((want) => {
    const at = `${owner}.${want.name.value}`;
    const has = given.find(({ name }) => name.value === want.name.value);
    if (!has) return [`${at} is missing`];
    return [
      ...valueDifferences(at, want, has),
      ...argumentDifferences(at, argumentsOf(want), argumentsOf(has)),
    ];
  });
  return [...missing, ...demands(wanted, given, (name) => `${owner}.${name}`)];
}

function argumentDifferences(
  at: string,
  wanted: readonly InputValueDefinitionNode[],
  given: readonly InputValueDefinitionNode[],
): string[] {
  const missing = wanted.flatMap((want) => {
    const name = want.name.value;
    const has = given.find((argument) => argument.name.value === name);
    const place = `${at}(${name}:)`;
    return has ? valueDifferences(place, want, has) : [`${place} is missing`];
  });
  return [...missing, ...demands(wanted, given, (name) => `${at}(${name}:)`)];
}

function valueDifferences(at: string, want: FieldNode, has: FieldNode): string[] {
  const types = [print(has.type), print(want.type)];
  const defaults = [defaultOf(has), defaultOf(want)];
  return [
    ...(types[0] === types[1] ? [] : [`${at} is ${types.join(', not ')}`]),
    ...(defaults[0] === defaults[1] ? [] : [`${at} defaults to ${defaults.join(', not ')}`]),
  ];
}

/** What must be sent beyond the contract. */
function demands(
  wanted: readonly FieldNode[],
  given: readonly FieldNode[],
  place: (name: string) => string,
): string[] {
  const known = wanted.map(({ name }) => name.value);
  return given
    .filter(
      (has) =>
        has.kind === Kind.INPUT_VALUE_DEFINITION &&
        has.type.kind === Kind.NON_NULL_TYPE &&
        !has.defaultValue &&
        !known.includes(has.name.value),
    )
    .map(({ name }) => `${place(name.value)} must be sent`);
}

function defaultOf(node: FieldNode): string {
  const value = 'defaultValue' in node ? node.defaultValue : undefined;
  return value ? print(value) : 'nothing';
}

function fieldsOf(node: TypeDefinitionNode | undefined): readonly FieldNode[] {
  return node && 'fields' in node ? (node.fields ?? []) : [];
}

function argumentsOf(node: FieldNode): readonly InputValueDefinitionNode[] {
  return 'arguments' in node ? (node.arguments ?? []) : [];
}

/** The members of a union, the interfaces of a type. */
function memberNames(node: TypeDefinitionNode | undefined): string[] {
  const members: readonly NamedTypeNode[] =
    node?.kind === Kind.UNION_TYPE_DEFINITION
      ? (node.types ?? [])
      : node && 'interfaces' in node
        ? (node.interfaces ?? [])
        : [];
  return members.map(({ name }) => name.value);
}

function valuesOf(node: TypeDefinitionNode | undefined): string[] {
  const values =
    node?.kind === Kind.ENUM_TYPE_DEFINITION ? (node satisfies EnumTypeDefinitionNode).values : [];
  return (values ?? []).map(({ name }) => name.value);
}

function isOneOf(node: TypeDefinitionNode | undefined): boolean {
  const directives: readonly ConstDirectiveNode[] = node?.directives ?? [];
  return directives.some(({ name }) => name.value === 'oneOf');
}

/** The type of each field of a type of the schema. */
function typesOf(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fieldsOf(schema.get(name)).map((field) => [field.name.value, print(field.type)]),
  );
}

function withoutDescription(text: string): string {
  return text.replace(/^"""[^]*"""\s*/, '').replace(/^"[^"]*"\s*/, '');
}
