import { type CommentDraft, type Draft, draftOf, type TagDraft, type TextField } from './draft.ts';

/* What one does in the form. Each step takes a draft and gives the next one. */

/** Types into a text of the post. */
export function setText(draft: Draft, field: TextField, value: string): Draft {
  return { ...draft, [field]: value };
}

/** Types into a comment. */
export function setComment(draft: Draft, key: string, body: string): Draft {
  return withComments(draft, (comment) => (comment.key === key ? { ...comment, body } : comment));
}

/** Adds an empty comment at the end, under a key of its own. */
export function addComment(draft: Draft, key: string): Draft {
  const comment = { key, id: null, body: '', removed: false };
  return { ...draft, comments: [...draft.comments, comment] };
}

/** Marks a stored comment as removed; drops one that is new. */
export function removeComment(draft: Draft, key: string): Draft {
  return withComments(draft, (comment) => {
    if (comment.key !== key) return comment;
    return comment.id === null ? null : { ...comment, removed: true };
  });
}

/** Takes the removal of a comment back. */
export function restoreComment(draft: Draft, key: string): Draft {
  return withComments(draft, (comment) =>
    comment.key === key ? { ...comment, removed: false } : comment,
  );
}

/** Adds a tag by its name, or takes its removal back. One that is there already stays. */
export function addTag(draft: Draft, name: string): Draft {
  const isThere = draft.tags.some((tag) => tag.name === name);
  if (isThere) return withTags(draft, name, (tag) => ({ ...tag, removed: false }));
  return { ...draft, tags: [...draft.tags, { id: null, name, removed: false }] };
}

/** Notes that a tag of this name exists: it is linked, not created. */
export function knowTag(
  draft: Draft,
  { id, name }: { readonly id: string; readonly name: string },
) {
  return withTags(draft, name, (tag) => ({ ...tag, id }));
}

/** Marks a tag of the post as removed; drops one that was only added here. */
export function removeTag(draft: Draft, name: string): Draft {
  const isStored = draft.base.tags.some((tag) => tag.name === name);
  return withTags(draft, name, (tag) => (isStored ? { ...tag, removed: true } : null));
}

/** Throws away all that was edited. */
export function discard({ base }: Draft): Draft {
  return draftOf(base);
}

function withComments(draft: Draft, edit: (comment: CommentDraft) => CommentDraft | null): Draft {
  return { ...draft, comments: draft.comments.flatMap((comment) => edit(comment) ?? []) };
}

function withTags(draft: Draft, name: string, edit: (tag: TagDraft) => TagDraft | null): Draft {
  const tags = draft.tags.flatMap((tag) => (tag.name === name ? (edit(tag) ?? []) : tag));
  return { ...draft, tags };
}
