import {
  type CommentDraft,
  commentField,
  commentOf,
  type Draft,
  draftOf,
  type FieldName,
  type Post,
  type TagDraft,
  type TextField,
  textsOf,
} from './draft.ts';

/**
 * The draft upon the post as others have left it: what only they changed is taken, what only the
 * draft changes is kept. What both have changed is kept too, as a conflict to be decided.
 */
export function rebase(draft: Draft, theirs: Post): Draft {
  const conflicts = new Set<FieldName>();
  const decide = (field: FieldName, before: string, mine: string, after: string): string => {
    if (mine === before && !draft.conflicts.has(field)) return after;
    if (mine === after) return mine;
    if (after !== before || draft.conflicts.has(field)) conflicts.add(field);
    return mine;
  };
  const [before, after] = [textsOf(draft.base), textsOf(theirs)];
  const text = (field: TextField) => decide(field, before[field], draft[field], after[field]);
  return {
    base: theirs,
    title: text('title'),
    body: text('body'),
    url: text('url'),
    comments: mergeComments(draft, theirs, decide, conflicts),
    tags: mergeTags(draft, theirs),
    conflicts,
  };
}

type Decide = (field: FieldName, before: string, mine: string, after: string) => string;

function mergeComments(
  draft: Draft,
  theirs: Post,
  decide: Decide,
  conflicts: Set<FieldName>,
): readonly CommentDraft[] {
  const before = new Map(draft.base.comments.map(({ id, body }) => [id, body]));
  const after = new Map(theirs.comments.map(({ id, body }) => [id, body]));
  const rows = draft.comments.flatMap((mine): CommentDraft | readonly CommentDraft[] => {
    const field = commentField(mine);
    if (mine.id === null) {
      if (draft.conflicts.has(field)) conflicts.add(field);
      return mine;
    }
    const was = before.get(mine.id) ?? '';
    const now = after.get(mine.id);
    if (now === undefined) {
      // They removed it: what was typed into it is not lost, it would be a new comment.
      if (mine.removed || mine.body === was) return [];
      conflicts.add(field);
      return { ...mine, id: null };
    }
    if (!mine.removed) return { ...mine, body: decide(field, was, mine.body, now) };
    if (now !== was || draft.conflicts.has(field)) conflicts.add(field);
    return { ...mine, body: now };
  });
  const known = new Set(draft.comments.map(({ id }) => id));
  const added = theirs.comments.filter(({ id }) => !known.has(id) && !before.has(id));
  const isNew = ({ id }: CommentDraft) => id === null;
  return [...rows.filter((row) => !isNew(row)), ...added.map(commentOf), ...rows.filter(isNew)];
}

/** Tags are added and removed, never changed, so that there is nothing to decide. */
function mergeTags({ base, tags }: Draft, theirs: Post): readonly TagDraft[] {
  const removed = new Set(tags.flatMap((tag) => (tag.removed ? [tag.id] : [])));
  const stored = theirs.tags.map(({ id, name }) => ({ id, name, removed: removed.has(id) }));
  const before = new Set(base.tags.map(({ id }) => id));
  const there = new Set(theirs.tags.map(({ name }) => name));
  const added = tags.filter(({ id, name }) => !(id !== null && before.has(id)) && !there.has(name));
  return [...stored, ...added];
}

/** Decides all that others have changed too: `mine` keeps what the draft holds. */
export function resolve(draft: Draft, field: FieldName, take: 'mine' | 'theirs'): Draft {
  const conflicts = new Set([...draft.conflicts].filter((name) => name !== field));
  if (take === 'mine') return { ...draft, conflicts };
  const stored = draftOf(draft.base);
  if (field === 'title' || field === 'body' || field === 'url') {
    return { ...draft, [field]: stored[field], conflicts };
  }
  const theirs = stored.comments.find((comment) => commentField(comment) === field);
  const comments = draft.comments.flatMap((mine) =>
    commentField(mine) === field ? (theirs ?? []) : mine,
  );
  return { ...draft, comments, conflicts };
}

/** What others have made of a post, as a draft of it: to show it as what a save would do. */
export function draftBetween(before: Post, after: Post): Draft {
  const untouched = draftOf(after);
  const ids = new Set(before.comments.map(({ id }) => id));
  const kept = new Set(after.comments.map(({ id }) => id));
  const gone = before.comments.filter(({ id }) => !kept.has(id)).map(commentOf);
  return {
    ...untouched,
    base: before,
    comments: [
      ...gone.map((comment) => ({ ...comment, removed: true })),
      ...untouched.comments.map((mine) => (ids.has(mine.key) ? mine : { ...mine, id: null })),
    ],
  };
}
