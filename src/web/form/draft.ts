import type { PostFieldsFragment } from '../generated/graphql.ts';

/** A post as the API answers it, with all that the form edits. */
export type Post = PostFieldsFragment;

/** A comment in the form; without an id it is new. One that is stored is only marked as removed. */
export interface CommentDraft {
  /** Tells the rows of the form apart. */
  readonly key: string;
  readonly id: string | null;
  readonly body: string;
  readonly removed: boolean;
}

/** A tag in the form; without an id no tag of that name is known yet. */
export interface TagDraft {
  readonly id: string | null;
  readonly name: string;
  readonly removed: boolean;
}

/** A text of the post itself. */
export type TextField = 'title' | 'body' | 'url';

/** What the form holds, beside the post that it was begun from. */
export interface Draft {
  /** The post as it was read last: what a save compares with, and what it expects to be stored. */
  readonly base: Post;
  readonly title: string;
  readonly body: string;
  /** The permalink's; empty for none. */
  readonly url: string;
  readonly comments: readonly CommentDraft[];
  readonly tags: readonly TagDraft[];
  /** The fields that others have changed as well, until somebody chooses: by their names. */
  readonly conflicts: ReadonlySet<FieldName>;
}

/** A field of the form, by the id of its element. */
export type FieldName = TextField | 'tags' | `comment-${string}`;

/** The id that stands for a post that is not there yet. */
export const NEW_ID = 'new';

/** What a new post is begun from: nothing of it is stored. */
export const newPost: Post = {
  id: NEW_ID,
  title: '',
  body: null,
  lockVersion: 0,
  comments: [],
  tags: [],
  permalink: null,
};

/** Whether saving a draft creates a post. */
export function isNew({ base }: Draft): boolean {
  return base.id === NEW_ID;
}

/** The form of a post that nobody has edited. */
export function draftOf(post: Post): Draft {
  return {
    base: post,
    ...textsOf(post),
    comments: post.comments.map(commentOf),
    tags: post.tags.map(({ id, name }) => ({ id, name, removed: false })),
    conflicts: new Set(),
  };
}

/** The texts of a post, as fields show them. */
export function textsOf({ title, body, permalink }: Post): Readonly<Record<TextField, string>> {
  return { title, body: body ?? '', url: permalink?.url ?? '' };
}

/** Whether a draft is of a new post, and nothing has been typed yet. */
export function isBlank(draft: Draft): boolean {
  return isNew(draft) && draft.comments.length === 0 && typedIn(draft).length === 0;
}

/** A stored comment, as its row shows it. */
export function commentOf({ id, body }: Post['comments'][number]): CommentDraft {
  return { key: id, id, body, removed: false };
}

/** The name of the field that holds a comment's text. */
export function commentField({ key }: CommentDraft): FieldName {
  return `comment-${key}`;
}

/** What a field holds; undefined where the form has no such field. */
export function valueOf(draft: Draft, field: FieldName): string | undefined {
  if (field === 'tags') return draft.tags.map(({ name, removed }) => `${name} ${removed}`).join();
  if (field === 'title' || field === 'body' || field === 'url') return draft[field];
  return draft.comments.find((comment) => commentField(comment) === field)?.body;
}

/** What was typed into a form and is not stored, field by field. */
export function typedIn(
  draft: Draft,
): readonly { readonly field: FieldName; readonly text: string }[] {
  const stored = draftOf(draft.base);
  const added = draft.tags.flatMap(({ name }) =>
    draft.base.tags.some((tag) => tag.name === name) ? [] : name,
  );
  return [
    ...(['title', 'body', 'url', ...draft.comments.map(commentField)] as const).flatMap((field) => {
      const text = valueOf(draft, field) ?? '';
      return text === '' || text === valueOf(stored, field) ? [] : { field, text };
    }),
    ...(added.length === 0 ? [] : [{ field: 'tags' as const, text: added.join(', ') }]),
  ];
}
