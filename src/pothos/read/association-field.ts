import type { Association } from '../../model/model.ts';
import { listOf } from '../../model/struct.ts';
import { VanishedError } from '../../repo/errors/database-fault.ts';
import { toPrismaOrder } from '../../repo/read/order-by.ts';
import type { Row } from '../../repo/row.ts';
import type { ObjectFields } from '../../graphql/builder.ts';
import { objectOf } from './object.ts';
import { orderInput, readOrder } from '../filter/order-by.ts';
import { readFirst } from '../connection/paging.ts';
import { toPrismaWhere, whereInput } from '../filter/where.ts';

/**
 * The field of an association: a list with where, orderBy and first, or one record, which is null
 * unless the foreign key forbids it.
 */
export function associationField(
  t: ObjectFields<Row>,
  association: Association,
  description: string,
) {
  return association.cardinality === 'many'
    ? listField(t, association, description)
    : oneField(t, association, description);
}

/** The field that counts an association's rows, with where. */
export function countField(t: ObjectFields<Row>, association: Association, description: string) {
  const { related } = association;
  return t.int({
    description,
    args: {
      where: t.arg({
        type: whereInput(related),
        description: 'Only rows that meet these conditions.',
      }),
    },
    resolve: (row, { where }, { loaders }) =>
      loaders.count(association, row, toPrismaWhere(related, where)),
  });
}

function listField(t: ObjectFields<Row>, association: Association, description: string) {
  const { related } = association;
  return t.field({
    type: [objectOf(related)],
    description,
    args: {
      where: t.arg({
        type: whereInput(related),
        description: 'Only rows that meet these conditions.',
      }),
      orderBy: t.arg({
        type: [orderInput(related)],
        description: 'By id unless given; every order ends in id.',
      }),
      first: t.arg.int({
        description: 'Rows at most, from the start of the order; all unless given.',
      }),
    },
    resolve: async (row, { where, orderBy, first }, { loaders }) => {
      const found = await loaders.association(association, row, {
        where: toPrismaWhere(related, where),
        orderBy: orderBy?.length ? toPrismaOrder(readOrder(related, orderBy)) : undefined,
        first: readFirst(first),
      });
      return listOf(found);
    },
  });
}

function oneField(t: ObjectFields<Row>, association: Association, description: string) {
  const options = { type: objectOf(association.related), description };
  if (!isRequired(association)) {
    return t.field({
      ...options,
      nullable: true,
      resolve: async (row, _args, { loaders }) => one(await loaders.association(association, row)),
    });
  }
  return t.field({
    ...options,
    resolve: async (row, _args, { loaders }) =>
      one(await loaders.association(association, row)) ?? missing(association),
  });
}

function isRequired(association: Association): boolean {
  if (association.kind !== 'belongsTo') return false;
  const { owner, ownerKey } = association;
  return ownerKey.every((field) => owner.fields.get(field)?.isNullable === false);
}

function one(found: Row | null | readonly Row[]): Row | null {
  return listOf(found)[0] ?? null;
}

function missing({ owner, name }: Association): never {
  throw new VanishedError(
    `a row of ${owner.name} has no "${name}" any more: it was deleted meanwhile`,
  );
}
