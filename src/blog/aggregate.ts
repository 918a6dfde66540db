import type { Changeset } from '../changeset/changeset.ts';
import type { ModelOptions } from '../model/rules.ts';
import type { OnReplace } from '../model/model.ts';

/** A record as clients write it: what may be cast, what must hold, and how its associations may be written. */
export interface Aggregate {
  /** Prisma's model name, which is also the GraphQL type's. */
  readonly model: string;
  /** What the domain says of the model and its associations beyond the datamodel. */
  readonly options: ModelOptions;
  /** The fields that a client may cast, foreign keys among them. */
  readonly fields: readonly string[];
  /** Validates the record and declares its constraints; the same for a new one and a stored one. */
  readonly validate: (changeset: Changeset) => Changeset;
  /** The associations that a client may write, by name. */
  readonly inputs: { readonly [association: string]: AssociationInput };
  /** The aggregates that are written below this one. */
  readonly parts: readonly Aggregate[];
}

/** The onReplace values a client may choose from, and the one that holds when none is chosen. */
export interface Choice {
  readonly allowed: readonly OnReplace[];
  readonly chosen: OnReplace;
}

/** How a client may write one association: the whole family of its inputs follows from this. */
export interface AssociationInput {
  /** cast_assoc: which fields an entry may cast, and which associations it may carry. */
  readonly cast?: Choice & {
    readonly fields: readonly string[];
    readonly nested?: readonly string[];
    /** The name of the entry's input type, where it is not Cast and the model's name. */
    readonly entry?: string;
  };
  /** put_assoc: the unique fields, beside the id, that a reference may name; whether a name unknown may be created. */
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

/** The rules of every association of the service: an unknown id is an issue, and children alone do not touch their owner. */
export const serviceRules = {
  onUnknown: 'issue',
  forceUpdateOnChange: false,
} as const;

/** An aggregate and all below it, each once. */
export function collectAggregates(
  roots: readonly Aggregate[],
): ReadonlyMap<string, Aggregate> {
  const found = new Map<string, Aggregate>();
  const visit = (aggregate: Aggregate): void => {
    if (found.has(aggregate.model)) return;
    found.set(aggregate.model, aggregate);
    aggregate.parts.forEach(visit);
  };
  roots.forEach(visit);
  return found;
}
