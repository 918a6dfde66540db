import { GraphQLError } from 'graphql';
import { castId, completeKey, rowKeyText } from '../../model/key.ts';
import type { Association, DirectAssociation, Model } from '../../model/model.ts';
import type { Subscriber } from '../../repo/channel/channel.ts';
import type { Row } from '../../repo/row.ts';
import type { Field, SubscriptionFields } from '../builder.ts';
import { lowerFirst } from '../names.ts';
import { objectOf, type Parts } from '../parts.ts';
import { changesetType } from '../result/changeset-type.ts';
import { readChange } from './tell-change.ts';

/** What a subscription to a record delivers. */
interface Change {
  /** The record as it is; null where there is none. */
  readonly record: Row | null;
  /** What was told of a write; null where the record alone is delivered. */
  readonly told: { readonly data: unknown } | null;
}

/**
 * The Subscription field that delivers a record as it is, then after each write that touches it or
 * what is associated with it in the ways that are named.
 * @throws Error for a second one of the model, and for an association that cannot be watched.
 */
export function changeField(
  parts: Parts,
  t: SubscriptionFields,
  model: Model,
  associations: readonly Association[],
  description: string,
): Field {
  if (parts.watches.has(model)) {
    throw new Error(`${model.name} is watched already: one subscription field delivers it.`);
  }
  parts.watches.set(model, { model, associations: associations.map(assertWatchable) });
  return t.field({
    type: changeType(parts, model),
    nullable: false,
    description,
    args: { id: t.arg.id({ required: true, description: `The id of the ${model.name}.` }) },
    subscribe: (_root, { id }, context) => subscribe(parts, model, id, context),
    resolve: (change) => change,
  });
}

function assertWatchable(association: Association): DirectAssociation {
  const { owner, name } = association;
  if (association.kind === 'through') {
    throw new Error(
      `cannot watch "${name}" of ${owner.name}: it goes through other associations. Watch ${association.path[0]}.`,
    );
  }
  const isKey = association.ownerKey.every((field) => owner.primaryKey.includes(field));
  if (isKey || association.kind === 'belongsTo') return association;
  throw new Error(`cannot watch "${name}" of ${owner.name}: it does not refer to the primary key.`);
}

function changeType(parts: Parts, model: Model) {
  const { builder, domain, typeName } = parts;
  return builder.objectRef<Change>(typeName(`${model.name}Change`)).implement({
    description: `The ${model.name} as it is, and what was done.`,
    fields: (t) => ({
      [lowerFirst(model.name)]: t.field({
        type: objectOf(parts, model),
        nullable: true,
        description: `The ${model.name} as it is now; null where there is none.`,
        resolve: ({ record }) => record,
      }),
      changeset: t.field({
        type: changesetType(parts),
        nullable: true,
        description:
          'What the write did; null of the first delivery, and where the record is delivered anew because writes may have been missed.',
        resolve: ({ told }) => told && readChange(domain, told.data),
      }),
    }),
  });
}

/** Listens first, then reads: no write is missed that is not in what was read. */
async function subscribe(
  parts: Parts,
  model: Model,
  id: string,
  context: object,
): Promise<AsyncIterableIterator<Change>> {
  const channel = parts.channel(context);
  if (!channel) {
    throw new GraphQLError('This service does not tell of changes.', {
      extensions: { code: 'LIVE_IS_OFF' },
    });
  }
  const key = completeKey(model, castId(model, id));
  const subscriber = key && (await channel.join(rowKeyText(model, key)));
  const leave = () => subscriber?.leave();
  parts.signal(context)?.addEventListener('abort', leave, { once: true });
  const read = async (told: Change['told']): Promise<Change> => {
    parts.renewLoaders(context);
    const record = key && (await parts.loaders(context).record(model, key));
    if (!record) leave();
    return { record, told };
  };
  const leaveOnError = (error: unknown) => {
    leave();
    throw error;
  };
  let first: Change | null = await read(null).catch(leaveOnError);
  const end = { value: undefined, done: true } as const;
  const changes: AsyncIterableIterator<Change> = {
    [Symbol.asyncIterator]: () => changes,
    async next() {
      const value = first ?? (await nextChange(subscriber, read).catch(leaveOnError));
      first = null;
      return value ? { value, done: false } : end;
    },
    // A generator would wait for the next change before it ends.
    async return() {
      leave();
      return end;
    },
  };
  return changes;
}

async function nextChange(
  subscriber: Subscriber | null,
  read: (told: Change['told']) => Promise<Change>,
): Promise<Change | null> {
  const news = (await subscriber?.next()) ?? null;
  return news && read(news.kind === 'message' ? news : null);
}
