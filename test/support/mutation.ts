import { writeDocument } from './write.ts';

/** The name of a mutation of the printed schema. */
export type MutationName = string;

/** One call of a mutation: its name, and its arguments without the options. */
export type Mutation = {
  readonly name: MutationName;
  readonly args: Readonly<Record<string, unknown>>;
};

/** An operation of a changeset, as the API tells it. */
export type Operation = {
  readonly action: string;
  readonly type: string;
  readonly recordId: string | null;
  readonly path: readonly string[];
  readonly changes: readonly {
    readonly field: string;
    readonly from: unknown;
    readonly to: unknown;
  }[];
};

/** What every mutation answers, as far as tests of many mutations look at it. */
export type MutationResult = {
  readonly __typename: string;
  readonly message?: string;
  readonly issues?: readonly { readonly code: string; readonly path: readonly string[] }[];
  readonly record?: { readonly id: string };
  readonly changeset?: { readonly operations: readonly Operation[] };
};

/** The document of a mutation, of its record only the id. */
export function mutationText(name: MutationName): string {
  return writeDocument(name, 'id');
}
