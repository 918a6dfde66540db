/** The most that a client may send in one place of a request. */
export interface InputLimits {
  /** Bytes of an id: longer text is none. */
  readonly maxIdBytes: number;
  /** Bytes of a nodeId: longer text is none. */
  readonly maxNodeIdBytes: number;
  /** Characters of a cursor, which holds a row's values of the order. */
  readonly maxCursor: number;
  /** Items of one list of a where, and of an order. */
  readonly maxItems: number;
  /**
   * Lists, objects and single values in a where, and in all scopes of a mutation together. With the
   * keys that are asked for they must stay below PostgreSQL's 32,767 parameters.
   */
  readonly maxWhereValues: number;
  /** Levels of a where within another. */
  readonly maxWhereDepth: number;
  /**
   * Conditions on associations in a where, at all levels: PostgreSQL tries the orders of all their
   * joins.
   */
  readonly maxWhereAssociations: number;
}

/** The limits that hold where no others are set. */
export const standardInputLimits: InputLimits = {
  maxIdBytes: 512,
  maxNodeIdBytes: 1_024,
  maxCursor: 65_536,
  maxItems: 1_000,
  maxWhereValues: 1_500,
  maxWhereDepth: 10,
  maxWhereAssociations: 10,
};
