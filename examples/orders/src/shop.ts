import {
  addError,
  type Changeset,
  defineDomain,
  getAssoc,
  getChange,
  type Plan,
  putChange,
  reference,
  validateLength,
  validateNumber,
} from 'prisma-assoc/changeset';
import { datamodel } from './generated/assoc.ts';
import type { Prisma } from './generated/prisma/client.ts';

/** What the rules need of a request. */
export interface Viewer {
  readonly isStaff: boolean;
  /** Tells others what was written. */
  readonly publish: (plan: Plan) => void;
}

/** What clients may write, and how. */
export const shop = defineDomain(datamodel, {
  Customer: {
    cast: ['name'],
    associations: {
      orders: { cast: { relate: true }, build: {} },
    },
  },
  Product: { cast: ['sku', 'name'] },
  Order: {
    version: 'version',
    cast: ['customerId', 'status', 'note'],
    associations: {
      customer: reference(),
      lines: {
        onDelete: 'deleteAll',
        position: 'lineNo',
        cast: { allowed: ['delete', 'markAsInvalid'], default: 'delete' },
        build: {},
      },
    },
    validate(order, { isStaff }: Viewer) {
      order = validateLength(order, 'lines', { min: 1 });
      if (getChange(order, 'status') === 'shipped' && !isStaff) {
        order = addError(order, 'status', 'is for staff to set');
      }
      return order;
    },
    prepare: putTotal,
    afterCommit: (plan, { publish }) => publish(plan),
  },
  OrderLine: {
    cast: ['quantity', 'unitPrice'],
    associations: { product: reference({ by: ['sku'] }) },
    validate: (line) => validateNumber(line, 'quantity', { greaterThan: 0 }),
  },
});

/** Puts the total of the lines: of those sent as they will be, of the others as they are stored. */
async function putTotal(order: Changeset, tx: Prisma.TransactionClient): Promise<Changeset> {
  const sent = order.assocs['lines'];
  if (sent === undefined) return order;
  const known = [...sent.replaced, ...sent.entries.map(({ changeset }) => changeset)];
  const ids = known.map(({ data }) => data.fields['id']).filter((id) => typeof id === 'string');
  const { id } = order.data.fields;
  const others =
    typeof id === 'string'
      ? await tx.orderLine.findMany({ where: { orderId: id, id: { notIn: ids } } })
      : [];
  const lines = [...getAssoc(order, 'lines').map(({ fields }) => fields), ...others];
  const cents = lines.map(
    ({ quantity, unitPrice }) => Number(quantity) * Math.round(Number(unitPrice) * 100),
  );
  const total = cents.reduce((sum, amount) => sum + amount, 0);
  return putChange(order, 'total', (total / 100).toFixed(2));
}
