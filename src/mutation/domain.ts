import type { Changeset } from '../changeset/changeset.ts';
import type { OnReplace } from '../model/model.ts';
import type { AssociationOptions, ModelOptions } from '../model/datamodel/association-rules.ts';

/**
 * A record as clients write it: what may be cast, what must hold, and how its associations may be
 * written.
 */
export interface Aggregate {
  /** Prisma's model name, which is also the GraphQL type's. */
  readonly model: string;
  /** The field that takes the time of every update. */
  readonly updatedAt?: string;
  /** The field that rises by 1 with every update, and guards it. */
  readonly version?: string;
  /** The fields that a client may cast, foreign keys among them. */
  readonly fields: readonly string[];
  /** Validates the record and declares its constraints; the same for a new one and a stored one. */
  readonly validate: (changeset: Changeset) => Changeset;
  /**
   * Its associations by name: their rules, and the tools that clients have for them. One that is
   * only read need not be named.
   */
  readonly associations: { readonly [association: string]: AssociationWrites };
}

/** The onReplace values a client may choose from, and the one that holds when none is chosen. */
export interface Choice {
  readonly allowed: readonly OnReplace[];
  readonly chosen: OnReplace;
}

/**
 * How one association is written: its rules, and its tools, from which the whole family of its
 * inputs follows.
 */
export interface AssociationWrites extends AssociationOptions {
  /** The aggregate at the other end, where it is written below this one. */
  readonly part?: Aggregate;
  /** cast_assoc: which fields an entry may cast, and which associations it may carry. */
  readonly cast?: Choice & {
    readonly fields: readonly string[];
    readonly nested?: readonly string[];
    /** The name of the entry's input type, where it is not Cast and the model's name. */
    readonly entry?: string;
  };
  /**
   * put_assoc: the unique fields, beside the id, that a reference may name; whether a name unknown
   * may be created.
   */
  readonly put?: Choice & {
    readonly by?: readonly string[];
    readonly create?: boolean;
  };
  /** build_assoc: which fields a new record takes, and which associations it may carry. */
  readonly build?: {
    readonly fields: readonly string[];
    readonly nested?: readonly string[];
  };
}

/**
 * A has_many whose records cannot stand without their owner: they go with it, a cast deletes what
 * it leaves out, a put loses none unless it is asked to. `fields` are what clients write of them.
 */
export function ownedList(part: Aggregate, fields: readonly string[]): AssociationWrites {
  const allowed = ['markAsInvalid', 'delete'] as const;
  return {
    part,
    onDelete: 'deleteAll',
    cast: { fields, allowed, chosen: 'delete' },
    put: { allowed, chosen: 'markAsInvalid' },
    build: { fields },
  };
}

/** The associations of an aggregate that clients have tools for. */
export function writableNames({ associations }: Aggregate): readonly string[] {
  return Object.entries(associations).flatMap(([name, { cast, put, build }]) =>
    cast || put || build ? [name] : [],
  );
}

/** What an aggregate says of its model beyond the datamodel. */
export function modelOptions(aggregate: Aggregate): ModelOptions {
  const { updatedAt, version } = aggregate;
  const associations = Object.entries(aggregate.associations).map(
    ([name, { part: _part, cast: _cast, put: _put, build: _build, ...own }]) =>
      [name, { ...serviceRules, ...own }] as const,
  );
  return {
    ...(updatedAt !== undefined && { updatedAt }),
    ...(version !== undefined && { version }),
    associations: Object.fromEntries(associations),
  };
}

/**
 * The rules of every association of the service: an unknown id is an issue, and children alone do
 * not touch their owner.
 */
const serviceRules = {
  onUnknown: 'issue',
  forceUpdateOnChange: false,
} as const;

/** An aggregate and all below it, each once. */
export function collectAggregates(roots: readonly Aggregate[]): ReadonlyMap<string, Aggregate> {
  const found = new Map<string, Aggregate>();
  const visit = (aggregate: Aggregate): void => {
    if (found.has(aggregate.model)) return;
    found.set(aggregate.model, aggregate);
    Object.values(aggregate.associations).forEach(({ part }) => {
      if (part) visit(part);
    });
  };
  roots.forEach(visit);
  return found;
}
