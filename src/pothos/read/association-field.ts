import type { GraphQLResolveInfo } from 'graphql';
import type { DirectAssociation } from '../../model/model.ts';
import { namesOf } from '../../model/datamodel/read-associations.ts';
import type { Model } from '../../model/model.ts';
import { listOf } from '../../model/struct.ts';
import { VanishedError } from '../../repo/errors/database-fault.ts';
import { toPrismaOrder } from '../../repo/read/order-by.ts';
import type { ListArgs } from '../../repo/read/batches.ts';
import type { Row } from '../../repo/row.ts';
import type { Field, ObjectFields } from '../builder.ts';
import { objectOf, type Parts } from '../parts.ts';
import { columnsAsked, readsColumns } from './columns-asked.ts';
import { oncePerField } from './once-per-field.ts';
import { orderDescription, orderInput, type OrderInput, readOrder } from '../filter/order-by.ts';
import { readFirst } from '../connection/paging.ts';
import { makeMeasure } from '../filter/measure.ts';
import { toPrismaWhere, type WhereInput } from '../filter/to-prisma-where.ts';
import { whereInput } from '../filter/where.ts';

/**
 * An association of a model by its name.
 * @throws Error when the model has none of that name, or it goes through others.
 */
export function associationOf(model: Model, name: string): DirectAssociation {
  const association = model.associations.get(name);
  if (association?.kind === 'through') {
    throw new Error(
      `${model.name}.${name} goes through other associations: show ${association.path.join(', then ')}.`,
    );
  }
  if (association) return association;
  throw new Error(
    `${model.name} has no association "${name}". It has: ${namesOf(model.associations)}.`,
  );
}

/**
 * The field of an association: a list with where, orderBy and first, or one record, which is null
 * unless the foreign key forbids it.
 */
export function associationField(
  parts: Parts,
  t: ObjectFields<Row>,
  association: DirectAssociation,
  description: string,
): Field {
  return association.cardinality === 'many'
    ? listField(parts, t, association, description)
    : oneField(parts, t, association, description);
}

/** The field that counts an association's rows, with where. */
export function countField(
  parts: Parts,
  t: ObjectFields<Row>,
  association: DirectAssociation,
  description: string,
): Field {
  const { related } = association;
  const readWhere = oncePerField(({ where }: WhereArgs) =>
    toPrismaWhere(related, where, ['where'], makeMeasure(parts.inputLimits)),
  );
  return t.int({
    nullable: false,
    description,
    extensions: readsColumns(association.ownerKey),
    args: { where: whereArg(parts, t, related) },
    resolve: (row, args, context, info) =>
      parts.loaders(context).count(association, row, readWhere(args, info)),
  });
}

interface WhereArgs {
  readonly where?: WhereInput | null | undefined;
}

interface ListFieldArgs extends WhereArgs {
  readonly orderBy?: readonly OrderInput[] | null | undefined;
  readonly first?: number | null | undefined;
}

function listField(
  parts: Parts,
  t: ObjectFields<Row>,
  association: DirectAssociation,
  description: string,
): Field {
  const { related } = association;
  const { inputLimits } = parts;
  const readArgs = oncePerField(({ where, orderBy, first }: ListFieldArgs): ListArgs => ({
    where: toPrismaWhere(related, where, ['where'], makeMeasure(inputLimits)),
    orderBy: orderBy?.length ? toPrismaOrder(readOrder(related, orderBy, inputLimits)) : undefined,
    first: readFirst(first),
  }));
  const columns = columnsAsked(parts, related);
  return t.field({
    type: [objectOf(parts, related)],
    nullable: false,
    description,
    extensions: readsColumns(association.ownerKey),
    args: {
      where: whereArg(parts, t, related),
      orderBy: t.arg({
        type: [orderInput(parts, related)],
        required: false,
        description: orderDescription(association.rules),
      }),
      first: t.arg.int({
        required: false,
        description: 'Rows at most, from the start of the order; all unless given.',
      }),
    },
    resolve: async (row, args, context, info) =>
      listOf(
        await parts
          .loaders(context)
          .association(association, row, readArgs(args, info), columns(info)),
      ),
  });
}

function whereArg(parts: Parts, t: ObjectFields<Row>, related: Model) {
  return t.arg({
    type: whereInput(parts, related),
    required: false,
    description: 'Only rows that meet these conditions.',
  });
}

function oneField(
  parts: Parts,
  t: ObjectFields<Row>,
  association: DirectAssociation,
  description: string,
): Field {
  const { related, ownerKey } = association;
  const options = {
    type: objectOf(parts, related),
    description,
    extensions: readsColumns(ownerKey),
  };
  const columns = columnsAsked(parts, related);
  const read = async (row: Row, context: object, info: GraphQLResolveInfo) =>
    listOf(
      await parts.loaders(context).association(association, row, undefined, columns(info)),
    )[0] ?? null;
  return isRequired(association)
    ? t.field({
        ...options,
        nullable: false,
        resolve: async (row, _args, context, info) =>
          (await read(row, context, info)) ?? missing(association),
      })
    : t.field({
        ...options,
        nullable: true,
        resolve: (row, _args, context, info) => read(row, context, info),
      });
}

function isRequired(association: DirectAssociation): boolean {
  if (association.kind !== 'belongsTo') return false;
  const { owner, ownerKey } = association;
  return ownerKey.every((field) => owner.fields.get(field)?.isNullable === false);
}

function missing({ owner, name }: DirectAssociation): never {
  throw new VanishedError(
    `a row of ${owner.name} has no "${name}" any more: it was deleted meanwhile`,
  );
}
