import type { Changeset } from '../../changeset/changeset.ts';
import { pick } from '../../model/key.ts';
import { listOf } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import { isOpen } from '../../plan/assign-keys.ts';
import { whereKey } from '../../plan/prisma/args.ts';
import type { PrismaCall } from '../../plan/prisma/call.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Delegates, loadStrategy } from '../delegate.ts';
import { rowList } from '../read/batch-queries.ts';
import type { Row } from '../row.ts';
import { stableText } from '../stable-text.ts';

/** How a call gives back the key of a row that it inserts below the one that it writes. */
export interface ReadBack {
  /** The operation (by index in the plan) that inserts the row. */
  readonly index: number;
  readonly args: PrismaCall['args'];
  /** The key in what the call gave; null where it could be that of another row, added meanwhile. */
  readonly keyIn: (given: Row) => Values | null;
}

/**
 * How an update of the root, with the SELECT that ends it, gives back the key of the one row that it
 * adds to a list: that is the only row there that was not known. Null if there may be more of
 * them, or if it would cost a statement.
 */
export function readBack(
  tx: Delegates,
  plan: Plan,
  { data: root, assocs }: Changeset,
  { method, args, operations }: PrismaCall,
): ReadBack | null {
  const [index, ...others] = operations.filter((at) => isOpen(plan.operations[at]));
  const operation = index === undefined ? undefined : plan.operations[index];
  if (method !== 'update' || index === undefined || others.length > 0) return null;
  const via = operation && 'via' in operation ? operation.via : null;
  const association = via && root.model.associations.get(via.association);
  if (via?.model !== root.model.name || association?.kind !== 'hasMany') return null;
  const { name, related, rules } = association;
  const owner = { key: pick(root.fields, root.model.primaryKey) };
  const isBelowRoot = [via.row, owner].every(
    (row) => stableText(whereKey(root.model, row)) === stableText(args['where']),
  );
  const loaded = root.assocs[name];
  const [field = '', ...more] = related.primaryKey;
  const isPlain = ['Int', 'BigInt', 'String'].includes(related.fields.get(field)?.type ?? '');
  const isWhole = assocs[name]?.partial === false && Object.keys(rules.where).length === 0;
  const strategy = loadStrategy(tx, 'join');
  const isFree = 'relationLoadStrategy' in strategy;
  if (!isBelowRoot || !isPlain || more.length > 0 || !loaded || !isWhole || !isFree) return null;
  const written = plan.operations.flatMap(({ model, row }) =>
    model === related.name && 'key' in row ? (row.key[field] ?? []) : [],
  );
  const known = new Set([...listOf(loaded).map(({ fields }) => fields[field] ?? null), ...written]);
  if (known.size > MOST_KNOWN) return null;
  // Of two rows it could be either.
  const added = { where: { [field]: { notIn: [...known] } }, select: { [field]: true }, take: 2 };
  const part = 'select' in args ? 'select' : 'include';
  return {
    index,
    args: { ...args, [part]: { ...Object(args[part]), [name]: added }, ...strategy },
    keyIn(given) {
      const [row, ...rest] = rowList(given[name]);
      return row === undefined || rest.length > 0 ? null : row;
    },
  };
}

/** Each is a parameter, and each number of them another statement. */
const MOST_KNOWN = 100;
