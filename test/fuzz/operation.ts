import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  OperationTypeNode,
} from 'graphql';
import { type Focus, focusesOf } from './focus.ts';
import type { Maker } from './maker.ts';
import { type Writing, writeField } from './selection.ts';

/** A GraphQL request. */
export type Operation = {
  readonly kind: 'graphql';
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether its answer is a stream of events. */
  readonly isSubscription: boolean;
  /** Whether it is as it was made: not cut, repeated or mixed up. */
  readonly isWhole: boolean;
};

/** Fields that one root field may have below it. */
const FIELDS = 60;

/** Makes an operation of one to three root fields. */
export function makeOperation(maker: Maker, schema: GraphQLSchema): Operation {
  const { random, habit } = maker;
  const streams = schema.getSubscriptionType() ? 0.03 : 0;
  const kind = random.chance(habit.writes)
    ? OperationTypeNode.MUTATION
    : random.chance(streams)
      ? OperationTypeNode.SUBSCRIPTION
      : OperationTypeNode.QUERY;
  const isSubscription = kind === OperationTypeNode.SUBSCRIPTION;
  const root = schema.getRootType(kind);
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
  const count = isSubscription || random.chance(0.8) ? 1 : 2 + random.below(2);
  const texts = Array.from({ length: count }, (_, at) => {
    writing.left = FIELDS;
    const { field, focus } = pickField(
      maker,
      rich.length > 0 && random.chance(0.5) ? rich : fields,
    );
    maker.focus = kind === OperationTypeNode.MUTATION ? focus : new Set();
    return field ? `r${at}: ${writeField(writing, root?.name ?? '', field, 0)}` : '';
  });
  const { declared, values } = writing.variables;
  const shown = declared.length > 0 ? ` (${declared.join(', ')})` : '';
  return {
    kind: 'graphql',
    query: [`${kind}${shown} {${texts.join(' ')}}`, ...writing.fragments].join(' '),
    variables: values,
    isSubscription,
    isWhole: true,
  };
}

/** One of the fields, and what of its arguments it is to name; at times such that something wanted is. */
function pickField(
  { random, habit: { wanted } }: Maker,
  fields: readonly GraphQLField<unknown, unknown>[],
): { readonly field: GraphQLField<unknown, unknown> | undefined; readonly focus: Focus } {
  const field = random.pick(fields);
  const any = { field, focus: random.pick(field ? focusesOf(field) : []) ?? new Set() };
  if (wanted.size === 0 || !random.chance(0.3)) return any;
  const open = fields.flatMap((one) =>
    focusesOf(one)
      .filter((focus) => wanted.has([...focus].at(-1) ?? ''))
      .map((focus) => ({ field: one, focus })),
  );
  return random.pick(open) ?? any;
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
