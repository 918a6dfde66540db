import {
  type GraphQLInputObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  getNullableType,
} from 'graphql';
import { printed } from '../../support/write.ts';

/** One way of writing an association, as the printed schema offers it. */
export type Cell = {
  /** `Post.comments`. */
  readonly association: string;
  readonly tool: 'cast' | 'put' | 'build';
  /** Null of a build, which replaces nothing. */
  readonly onReplace: string | null;
  readonly isList: boolean;
  /** The fields of the tool beside its items and onReplace: scope, expectedIds, create. */
  readonly terms: readonly string[];
  /** The fields of an entry, a reference or a new record, its associations aside. */
  readonly fields: readonly string[];
};

const TOOLS = ['cast', 'put', 'build'] as const;
const ITEMS = ['entries', 'entry', 'refs', 'ref'];

/** Every tool x onReplace that the printed schema offers of these associations. */
export function readCells(associations: readonly string[]): Cell[] {
  return Object.values(printed.getTypeMap())
    .filter(isInputObjectType)
    .flatMap((type) => {
      const association = associationOf(type);
      if (association === null || !associations.includes(association)) return [];
      return TOOLS.flatMap((tool) => cellsOf(type, association, tool));
    });
}

/** `Post.comments` of PostCommentsInput; null of an input that holds no tools. */
function associationOf(type: GraphQLInputObjectType): string | null {
  const names = Object.keys(type.getFields());
  const isFamily = type.isOneOf && names.every((name) => TOOLS.some((tool) => tool === name));
  if (!isFamily) return null;
  const parts = /^([A-Z][a-z]+)([A-Z]\w*)Input$/.exec(type.name);
  const [, owner = '', name = ''] = parts ?? [];
  return `${owner}.${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

function cellsOf(type: GraphQLInputObjectType, association: string, tool: Cell['tool']): Cell[] {
  const field = type.getFields()[tool];
  const input = field && getNamedType(field.type);
  if (!field || !isInputObjectType(input)) return [];
  const common = { association, tool };
  if (tool === 'build') {
    const isList = isListType(getNullableType(field.type));
    const fields = columnsOf(input);
    return [{ ...common, onReplace: null, isList, terms: [], fields }];
  }
  const all = Object.values(input.getFields());
  const items = all.find(({ name }) => ITEMS.includes(name));
  const item = items && getNamedType(items.type);
  const onReplace = all.find(({ name }) => name === 'onReplace');
  const values = onReplace && getNamedType(onReplace.type);
  if (!isInputObjectType(item) || !isEnumType(values)) {
    throw new Error(`${input.name} holds no items or no onReplace`);
  }
  const terms = all.filter((term) => term !== items && term !== onReplace).map(({ name }) => name);
  return values.getValues().map(({ name }) => ({
    ...common,
    onReplace: name,
    isList: items ? isListType(getNullableType(items.type)) : false,
    terms,
    fields: columnsOf(item),
  }));
}

/** The fields of an item, its associations aside. */
function columnsOf(item: GraphQLInputObjectType): string[] {
  return Object.values(item.getFields())
    .filter(({ type }) => !isInputObjectType(getNamedType(type)))
    .map(({ name }) => name);
}

/** `Post.comments cast DELETE`. */
export function nameOf({ association, tool, onReplace }: Cell): string {
  return [association, tool, onReplace].filter(Boolean).join(' ');
}
