import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
} from 'graphql';
import { pickFocus } from './focus.ts';
import type { Maker } from './maker.ts';
import { type Writing, writeField } from './selection.ts';

/** A GraphQL request. */
export type Operation = {
  readonly kind: 'graphql';
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether it is as it was made: not cut, repeated or mixed up. */
  readonly isWhole: boolean;
};

/** Fields that one root field may have below it. */
const FIELDS = 60;

/** Makes an operation of one to three root fields. */
export function makeOperation(maker: Maker, schema: GraphQLSchema): Operation {
  const { random } = maker;
  const kind = random.chance(0.6) ? 'mutation' : 'query';
  const root = kind === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  const fields = Object.values(root?.getFields() ?? {});
  // Every second one takes the most, of which there is the most to try.
  const rich = fields.filter(takesObjects);
  const writing: Writing = {
    maker,
    schema,
    variables: { declared: [], values: {} },
    fragments: [],
    left: 0,
  };
  const count = random.chance(0.8) ? 1 : 2 + random.below(2);
  const texts = Array.from({ length: count }, (_, at) => {
    writing.left = FIELDS;
    const field = random.pick(random.chance(0.5) ? rich : fields);
    maker.focus = new Set();
    if (field && kind === 'mutation') maker.focus = pickFocus(random, field);
    return field ? `r${at}: ${writeField(writing, root?.name ?? '', field, 0)}` : '';
  });
  const { declared, values } = writing.variables;
  const shown = declared.length > 0 ? ` (${declared.join(', ')})` : '';
  return {
    kind: 'graphql',
    query: [`${kind}${shown} {${texts.join(' ')}}`, ...writing.fragments].join(' '),
    variables: values,
    isWhole: true,
  };
}

/** Whether an argument of a field takes objects that hold objects. */
function takesObjects({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ type }) => {
    const named = getNamedType(type);
    return isInputObjectType(named) && Object.values(named.getFields()).some(isOfObjects);
  });
}

function isOfObjects({ type }: GraphQLInputField): boolean {
  return isInputObjectType(getNamedType(type));
}
