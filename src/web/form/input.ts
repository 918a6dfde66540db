import type {
  CastComment,
  CreatePostInput,
  TagRef,
  UpdatePostInput,
} from '../generated/graphql.ts';
import { tagsOf } from './changeset.ts';
import { type CommentDraft, type Draft, type Post, textsOf } from './draft.ts';

/**
 * What a save sends: the parts that are edited, each with what guards it against changes of others.
 * Rows keep their places, so that a path of an issue counts as the form does.
 */
export function postInput(draft: Draft): UpdatePostInput {
  return { ...ownInput(draft), ...associationsInput(draft) };
}

/** What makes the post of a new draft. */
export function newPostInput(draft: Draft): CreatePostInput {
  const { title, body } = draft;
  return { title, body, ...associationsInput(draft) };
}

type AssociationsInput = Pick<CreatePostInput, 'comments' | 'tags' | 'permalink'>;

function associationsInput(draft: Draft): AssociationsInput {
  return { ...commentsInput(draft), ...tagsInput(draft), ...permalinkInput(draft) };
}

function ownInput({ base, title, body }: Draft): UpdatePostInput {
  const before = textsOf(base);
  const isEdited = title !== before.title || body !== before.body;
  return isEdited ? { lockVersion: base.lockVersion, title, body } : {};
}

/** The list is guarded by its ids, each comment that is edited by its version. */
function commentsInput({ base, comments }: Draft): AssociationsInput {
  const stored = new Map(base.comments.map((comment) => [comment.id, comment]));
  const isEdited = ({ id, body, removed }: CommentDraft) =>
    removed || body !== stored.get(id ?? '')?.body;
  if (!comments.some(isEdited)) return {};
  const entries = comments.map((comment): CastComment => {
    const { id, body, removed } = comment;
    const found = stored.get(id ?? '');
    if (!found) return { body };
    const { lockVersion } = found;
    if (removed) return { id: found.id, lockVersion, delete: true };
    return isEdited(comment) ? { id: found.id, lockVersion, body } : { id: found.id };
  });
  return { comments: { cast: { entries, expectedIds: base.comments.map(({ id }) => id) } } };
}

/** References: a tag of the post by its id, one that is added by its name. */
function tagsInput(draft: Draft): AssociationsInput {
  const stored = draft.base.tags.map(({ id }) => id);
  const kept = tagsOf(draft);
  const isEdited = kept.length !== stored.length || kept.some(({ id }) => !isIn(stored, id));
  if (!isEdited) return {};
  const refs = kept.map(({ id, name }): TagRef => (isIn(stored, id) ? { id } : { name }));
  return { tags: { put: { refs, create: true, expectedIds: stored } } };
}

function isIn(ids: readonly Post['id'][], id: string | null): id is string {
  return id !== null && ids.includes(id);
}

/** The one there takes the url, or a new one; without a url it is deleted, so that the url is free. */
function permalinkInput({ base, url }: Draft): AssociationsInput {
  if (url === textsOf(base).url) return {};
  return {
    permalink: { cast: url === '' ? { entry: null, onReplace: 'DELETE' } : { entry: { url } } },
  };
}
