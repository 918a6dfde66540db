import type { Params } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import type { Association, OnReplace } from '../../model/model.ts';
import type { Aggregate } from '../aggregate.ts';

/**
 * What a client sent for one record: its params and, of each association that it names, the tool.
 */
export interface RecordInput {
  readonly aggregate: Aggregate;
  readonly params: Params;
  /** The fields that may be cast here. */
  readonly fields: readonly string[];
  readonly tools: readonly Tool[];
}

interface ToolBase {
  readonly association: Association;
  /** Where the association is below its owner. */
  readonly at: Path;
}

/** What cast and put say of the list that is there. */
export interface ListTerms {
  readonly onReplace: OnReplace;
  /** What counts as there, as a condition in Prisma's words; null for all. */
  readonly scope: object | null;
  readonly expectedIds: readonly unknown[] | null;
}

/** cast_assoc. `items` is null where a to-one's entry is absent, empty where it is null. */
export interface CastTool extends ToolBase, ListTerms {
  readonly kind: 'cast';
  readonly items: readonly RecordInput[] | null;
  readonly itemAt: (index: number) => Path;
}

/** put_assoc. `refs` is null where a to-one's ref is absent, empty where it is null. */
export interface PutTool extends ToolBase, ListTerms {
  readonly kind: 'put';
  readonly refs: readonly Reference[] | null;
  readonly create: boolean;
  readonly related: Aggregate;
  readonly itemAt: (index: number) => Path;
}

/** build_assoc and insert. */
export interface BuildTool extends ToolBase {
  readonly kind: 'build';
  readonly items: readonly RecordInput[];
  readonly itemAt: (index: number) => Path;
}

/** null in place of a tool. */
export interface NullTool extends ToolBase {
  readonly kind: 'null';
}

/** What a client wants done with one association. */
export type Tool = CastTool | PutTool | BuildTool | NullTool;

/** A record named by one of its unique fields. */
export interface Reference {
  readonly field: string;
  readonly value: unknown;
}
