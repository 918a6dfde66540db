/** What a client selects of each operation, to learn which lists a record has left. */
export type WrittenOperation = {
  readonly action: string;
  readonly type: string;
  readonly recordId: string | null;
  readonly changes: readonly { readonly field: string; readonly from: unknown }[];
};

/** Names a record as caches do. */
export type RecordName = { readonly __typename: string; readonly id: string };

/** A record that is not in a field of its owner any more; in none of `Query` if it is deleted. */
export type Removal = {
  readonly owner: RecordName | 'Query';
  readonly field: string;
  readonly isList: boolean;
  readonly record: RecordName;
};

/** The field of its owner that a foreign key puts a record into. */
const places: Readonly<Record<string, { type: string; field: string; isList: boolean }>> = {
  'Comment.postId': { type: 'Post', field: 'comments', isList: true },
  'Permalink.postId': { type: 'Post', field: 'permalink', isList: false },
  'Post.authorId': { type: 'Author', field: 'posts', isList: true },
};

/**
 * Where records were before a mutation. Its answer holds the lists that they are in now; of those
 * that they have left it holds the foreign keys, in the changes of the records.
 */
export function removalsOf(data: object | null | undefined): readonly Removal[] {
  return operationsOf(data).flatMap(({ action, type, recordId, changes }): readonly Removal[] => {
    if (recordId === null) return [];
    const record = { __typename: type, id: recordId };
    const left = changes.flatMap(({ field: key, from }) => {
      const place = places[`${type}.${key}`];
      if (place === undefined || typeof from !== 'string') return [];
      const { field, isList } = place;
      return [{ owner: { __typename: place.type, id: from }, field, isList, record }];
    });
    if (action !== 'DELETE') return left;
    return [...left, { owner: 'Query', field: type.toLowerCase(), isList: false, record }];
  });
}

function operationsOf(data: object | null | undefined): readonly WrittenOperation[] {
  return Object.values(data ?? {}).flatMap((result) => result?.changeset?.operations ?? []);
}
