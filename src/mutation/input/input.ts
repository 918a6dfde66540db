import type { CastItem } from '../../changeset/assoc/options.ts';
import type { Path } from '../../changeset/issue.ts';
import type { Association, OnReplace, OnUnknown } from '../../model/model.ts';
import type { Aggregate, AssociationTools } from '../../domain/aggregate.ts';

/**
 * What a client sent for one record: its params and, of each association that it names, the tool.
 */
export interface RecordInput extends CastItem {
  readonly aggregate: Aggregate;
  /** The fields that may be cast here. */
  readonly fields: readonly string[];
  /** The associations that may be written here. */
  readonly nested: readonly AssociationTools[];
  readonly tools: readonly Tool[];
}

/** What cast and put say of the current list. */
interface ListTool {
  readonly association: Association;
  readonly onReplace: OnReplace;
  /** Which records count as current, as a condition in Prisma's words; null for all. */
  readonly scope: object | null;
  readonly expectedIds: readonly unknown[] | null;
}

/** cast_assoc. `items` is null where a to-one's entry is absent, empty where it is null. */
export interface CastTool extends ListTool {
  readonly kind: 'cast';
  readonly items: readonly RecordInput[] | null;
  readonly onUnknown: OnUnknown;
}

/** put_assoc. `refs` is null where a to-one's ref is absent, empty where it is null. */
export interface PutTool extends ListTool {
  readonly kind: 'put';
  readonly refs: readonly Reference[] | null;
  readonly create: boolean;
  readonly related: Aggregate;
}

/** build_assoc and insert. */
export interface BuildTool {
  readonly kind: 'build';
  readonly association: Association;
  readonly items: readonly RecordInput[];
}

/** null in place of a tool. */
export interface NullTool {
  readonly kind: 'null';
  readonly association: Association;
}

/** What a client wants done with one association. */
export type Tool = CastTool | PutTool | BuildTool | NullTool;

/** A record named by its id, or by one of its unique fields. */
export interface Reference {
  readonly field: string;
  readonly value: unknown;
}

/** The param that holds the items of a cast or a put. */
export function listName(kind: 'cast' | 'put', { cardinality }: Association): string {
  return listNames[kind][cardinality];
}

const listNames = {
  cast: { one: 'entry', many: 'entries' },
  put: { one: 'ref', many: 'refs' },
} as const;

/** Where a tool was sent. */
type Site = Pick<Tool, 'kind' | 'association'>;

/** Where the items of a tool are, below the record that has the association. */
export function listPath({ kind, association }: Site): Path {
  const list = kind === 'cast' || kind === 'put' ? [listName(kind, association)] : [];
  return [association.name, kind, ...list];
}

/** Where each item of a tool is, by its index; `at` is where the record is that has the association. */
export function itemPaths(tool: Site, at: Path = []): (index: number) => Path {
  const list = [...at, ...listPath(tool)];
  return tool.association.cardinality === 'one' ? () => list : (index) => [...list, index];
}

/** Where the expected ids of a tool are, below the record that has the association. */
export function expectedIdsPath({ kind, association }: Site): Path {
  return [association.name, kind, 'expectedIds'];
}
