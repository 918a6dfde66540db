import {
  listErrors,
  messageOf,
  type Operation,
  planWrite,
  type Value,
  type Values,
  valueText,
} from 'prisma-assoc/changeset';
import { changesetOf, tagsOf } from './changeset.ts';
import { commentField, type Draft, type FieldName, isBlank } from './draft.ts';

/** What saving a draft would do, or what is wrong with it. */
export interface Preview {
  /** The messages, by the field that they are about. */
  readonly issues: Issues;
  /** What would be written, in this order; nothing while there are issues. */
  readonly changes: readonly Change[];
}

/** Messages by the field they are about; what is about none is under `form`. */
export type Issues = ReadonlyMap<FieldName | 'form', readonly string[]>;

/** A write, as the page shows it. */
export interface Change {
  readonly tone: 'new' | 'changed' | 'removed';
  /** As `New comment`. */
  readonly title: string;
  /** What it changes, text by text; null where there is nothing before or after. */
  readonly texts: readonly {
    readonly name: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** Works out what saving a draft would do: without any request, by the code that the service runs. */
export function previewOf(draft: Draft): Preview {
  // What is missing is no mistake before anything has been typed.
  if (isBlank(draft)) return { issues: new Map(), changes: [] };
  const changeset = changesetOf(draft);
  const planned = changeset.valid ? planWrite(changeset) : null;
  const found = [...listErrors(changeset), ...(planned?.issues ?? [])];
  const issues = issuesByField(
    draft,
    found.map((issue) => ({ path: issue.path.map(String), message: messageOf(issue) })),
  );
  const operations = issues.size === 0 ? (planned?.plan.operations ?? []) : [];
  return { issues, changes: operations.flatMap((operation) => changeOf(draft, operation)) };
}

/**
 * Messages by field. A path of the API has words for the tools beside the steps that a path of a
 * changeset has.
 */
export function issuesByField(
  draft: Draft,
  issues: readonly { readonly path: readonly string[]; readonly message: string }[],
): Issues {
  const byField = new Map<FieldName | 'form', readonly string[]>();
  for (const { path, message } of issues) {
    const [field, about] = fieldAt(
      draft,
      path.filter((step) => !TOOL_WORDS.has(step)),
    );
    byField.set(field, [
      ...(byField.get(field) ?? []),
      about === '' ? message : `${about}: ${message}`,
    ]);
  }
  return byField;
}

const TOOL_WORDS = new Set(['input', 'cast', 'put', 'entries', 'entry', 'refs']);

/** The field at a path, and what of it the message is about. */
function fieldAt(
  draft: Draft,
  [root = '', index = '']: readonly string[],
): [FieldName | 'form', string] {
  switch (root) {
    case 'title':
    case 'body':
      return [root, ''];
    case 'permalink':
      return ['url', ''];
    case 'tags':
      return ['tags', tagsOf(draft)[Number(index)]?.name ?? ''];
    case 'comments': {
      const comment = draft.comments[Number(index)];
      return comment && index !== '' ? [commentField(comment), ''] : ['form', root];
    }
    default:
      return ['form', root];
  }
}

const NAMES: Readonly<Record<string, string>> = {
  title: 'Title',
  body: 'Text',
  url: 'Permalink',
  name: 'Name',
};

function changeOf(draft: Draft, operation: Operation): readonly Change[] {
  const what = operation.model.toLowerCase();
  switch (operation.action) {
    case 'insert':
      return [{ tone: 'new', title: `New ${what}`, texts: textsOf({}, operation.values) }];
    case 'update': {
      const texts = textsOf(operation.from, operation.changes);
      return [{ tone: 'changed', title: `Changed ${what}`, texts }];
    }
    case 'delete':
      return [{ tone: 'removed', title: `Removed ${what}`, texts: textsOf(operation.from, {}) }];
    case 'link':
      return [{ tone: 'new', title: 'Tag added', texts: [tagText(draft, operation, 'after')] }];
    case 'unlink':
      return [
        { tone: 'removed', title: 'Tag removed', texts: [tagText(draft, operation, 'before')] },
      ];
    case 'unchanged':
      return [];
    default:
      return operation satisfies never;
  }
}

function textsOf(from: Values, to: Values): Change['texts'] {
  return Object.entries(NAMES).flatMap(([field, name]) =>
    field in from || field in to
      ? [{ name, before: textOf(from[field]), after: textOf(to[field]) }]
      : [],
  );
}

function textOf(value: Value | undefined): string | null {
  return value === undefined || value === null ? null : valueText(value);
}

/** A link is of two keys: the name is that of the tag, by its key or its place in the list. */
function tagText(
  draft: Draft,
  { row, path }: Operation,
  side: 'before' | 'after',
): Change['texts'][number] {
  const id = 'key' in row ? textOf(row.key['id']) : null;
  const known = [...draft.tags, ...draft.base.tags].find((tag) => tag.id === id);
  const tag = id === null ? tagsOf(draft)[Number(path[1])] : known;
  return { name: 'Tag', before: null, after: null, [side]: tag?.name ?? '' };
}
