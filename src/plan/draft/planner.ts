import type { Has, Model } from '../../model/model.ts';
import type { OrderedList } from '../../model/position.ts';
import type { Struct } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import type { Draft } from './draft.ts';
import type { PlanIssue, Reason, Row, Via } from '../plan.ts';

/**
 * The rows that go with a record when it is deleted: of each record (as text), by association,
 * those there are.
 */
export type Cascades = ReadonlyMap<string, { readonly [association: string]: readonly Struct[] }>;

/** The greatest number of ordered lists, 0 of one without numbers, by the text of the list. */
export type Lasts = ReadonlyMap<string, bigint>;

/** An ordered list in which rows go last, and the key of its owner; its last number is not known. */
export interface OpenList {
  readonly list: OrderedList;
  readonly text: string;
  readonly key: Values;
}

/** The number of a row in an ordered list, or after all others; null if it keeps what it has. */
export type Place = bigint | 'last' | null;

/** A plan being made: what is drafted so far, and how a record is planned. */
export interface Planner {
  readonly drafts: Draft[];
  /** The changesets of the rows to be inserted; the index in the list is the row's number. */
  readonly newRows: Changeset[];
  /**
   * The new rows by the changes they are made of: the very same changeset in two lists is one row.
   */
  readonly shared: Map<Values, Linked>;
  readonly cascades: Cascades;
  /** The ordered lists that rows of a model can be in. */
  readonly lists: Map<Model, readonly OrderedList[]>;
  /** The greatest number of each list, as text, before the write, as far as they are known. */
  readonly lasts: Lasts;
  /** The greatest number that the plan gives in each list, as text. */
  readonly places: Map<string, bigint>;
  /** The lists in which a row goes last after an unknown number, by their text. */
  readonly open: Map<string, OpenList>;
  readonly issues: PlanIssue[];
  /** Drafts what is to be done for a record and everything below it. */
  readonly planRecord: (planner: Planner, changeset: Changeset, position: Position) => Linked;
}

/** Makes a planner that has planned nothing. */
export function makePlanner(known: Pick<Planner, 'cascades' | 'lasts' | 'planRecord'>): Planner {
  return {
    ...known,
    drafts: [],
    newRows: [],
    shared: new Map(),
    lists: new Map(),
    places: new Map(),
    open: new Map(),
    issues: [],
  };
}

/** Where a record stands in the request. */
export interface Position {
  readonly at: Path;
  readonly phase: 'root' | 'nested';
  /** The has_one or has_many that it is written through, which gives it its foreign key. */
  readonly through: Through | null;
  readonly reason: Reason;
  /**
   * A parent or far record: as long as it stays as it is, other places of the request may name it
   * too.
   */
  readonly shared: boolean;
  /** An update runs also if nothing changes. */
  readonly force: boolean;
}

/** The has_one or has_many that a record is written through, and the owner. */
export interface Through {
  readonly association: Has;
  readonly via: Via;
  readonly owner: Linked;
  /** The record that was in the association before, and must not have left it since. */
  readonly current: Struct | null;
  /** Its place there, if the list is ordered. */
  readonly place: Place;
}

/**
 * A row that others refer to, as it is once written: its values as far as they are known, and by
 * its new key if the write changes that.
 */
export interface Linked {
  readonly row: Row;
  readonly values: Values;
}

/** The position of a record below the root that is there because the request names it. */
export function nestedPosition(at: Path, through: Through | null = null): Position {
  return {
    at,
    phase: 'nested',
    through,
    reason: 'given',
    shared: false,
    force: false,
  };
}

/** Takes what a step drafts out of the plan, to be drafted later or otherwise. */
export function draftApart(planner: Planner, step: () => void): readonly Draft[] {
  const start = planner.drafts.length;
  step();
  return planner.drafts.splice(start);
}
