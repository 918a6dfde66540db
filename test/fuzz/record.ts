import { type GraphQLInputField, getNamedType } from 'graphql';
import type { Maker } from './maker.ts';
import type { Place } from './value.ts';

/** The fields that an object gives, and whether it makes a new record. */
export type Chosen = {
  readonly chosen: readonly GraphQLInputField[];
  readonly isNew: boolean;
};

/** The fields of an object, those that chance offers, and those of them that are wanted in any case. */
type Offer = {
  readonly fields: readonly GraphQLInputField[];
  readonly offered: readonly GraphQLInputField[];
  readonly wanted: readonly GraphQLInputField[];
};

/**
 * Makes of the fields that are offered what the tools take: an entry names a record that is there,
 * or gives all texts of a new one; a foreign key and its association are not both given.
 */
export function recordFields(
  maker: Maker,
  { fields, offered, wanted }: Offer,
  { isNew, isScoped }: Pick<Place, 'isNew' | 'isScoped'>,
): Chosen {
  const { random } = maker;
  if (maker.mood === 'hostile') return { chosen: offered, isNew };
  const id = fields.find(({ name }) => name === 'id');
  if (!id) return { chosen: withoutDoubleKeys(maker, { fields, offered, wanted }), isNew };
  const ofStored = wanted.find(({ name }) => OF_STORED.has(name));
  if (isNew || (!ofStored && (isScoped || random.chance(0.35)))) {
    const chosen = fields.filter(
      (field) =>
        !OF_STORED.has(field.name) &&
        (offered.includes(field) || getNamedType(field.type).name === 'String'),
    );
    return { chosen, isNew: true };
  }
  const removal = offered.find(({ name }) => name === 'delete');
  if (removal && (removal === ofStored || random.chance(0.4)))
    return { chosen: [id, removal], isNew };
  const changes = offered.filter(({ name }) => name !== 'id' && name !== 'delete');
  return { chosen: [id, ...changes], isNew };
}

/** What only an entry of a stored record gives. */
const OF_STORED: ReadonlySet<string> = new Set(['id', 'lockVersion', 'delete']);

function withoutDoubleKeys(
  { random }: Maker,
  { fields, offered, wanted }: Offer,
): readonly GraphQLInputField[] {
  const keys = fields.filter(({ name }) => fields.some((other) => name === `${other.name}Id`));
  const pairs = keys.map((key) => [key, ...fields.filter(({ name }) => key.name === `${name}Id`)]);
  const free = offered.filter((field) => !pairs.flat().includes(field));
  return [
    ...free,
    ...pairs.flatMap((pair) => {
      const one = pair.find((field) => wanted.includes(field));
      return one ?? (random.chance(0.75) ? (random.pick(pair) ?? []) : []);
    }),
  ];
}
