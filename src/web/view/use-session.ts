import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { followPost } from '../api/live.ts';
import { readPost, type Saved, savePost } from '../api/save.ts';
import {
  type Draft,
  draftOf,
  type FieldName,
  NEW_ID,
  newPost,
  type Post,
  valueOf,
} from '../form/draft.ts';
import { type Issues, previewOf } from '../form/preview.ts';
import { rebase } from '../form/rebase.ts';

/** A post that is being edited. */
export interface Session {
  readonly draft: Draft;
  /** The post as it was when what others have done was looked at last. */
  readonly seen: Post;
  /** What the service found wrong with a draft. */
  readonly refused: { readonly draft: Draft; readonly issues: Issues } | null;
}

/** Where the editing of a post stands. */
export type Stage =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unreadable'; readonly message: string }
  /** Nobody can save it any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'open'; readonly session: Session };

/** What is said of the last thing that happened. */
export interface Notice {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** What the editing of a post is told, and tells. */
export interface SessionOptions {
  /** Who asks: another one may read it anew. */
  readonly token: string | null;
  /** Whether the post has just been created here. */
  readonly isCreated: boolean;
  /** Is told of the post once it is saved, with null once it is gone. */
  readonly onWritten: (post: Post | null) => void;
}

/** Reads a post and keeps what is made of it until it is saved. */
export function useSession(
  id: string,
  drafts: Map<string, Draft>,
  { token, isCreated, onWritten }: SessionOptions,
) {
  const [stage, setStage] = useState<Stage>(() =>
    id === NEW_ID
      ? { kind: 'open', session: begin(drafts.get(id) ?? draftOf(newPost)) }
      : { kind: 'loading' },
  );
  const [notice, setNotice] = useState<Notice | null>(isCreated ? SAVED : null);
  const [isSaving, setSaving] = useState(false);
  // What comes while a save is under way may be that save, told before its answer.
  const saving = useRef({ isUnderWay: false, isOvertaken: false }).current;
  const session = stage.kind === 'open' ? stage.session : null;

  const set = (step: (session: Session) => Session) =>
    setStage((now) => (now.kind === 'open' ? { ...now, session: step(now.session) } : now));
  const receive = (post: Post | null) => {
    setStage((now) => received(now, post, drafts.get(id)));
    if (post === null) onWritten(null);
  };
  const read = async () => {
    const post = await readPost(id);
    if (typeof post !== 'string') receive(post);
    else setStage((now) => (now.kind === 'open' ? now : { kind: 'unreadable', message: post }));
  };

  useEffect(() => {
    if (id === NEW_ID) return;
    void read();
    return followPost(id, (post) => {
      if (saving.isUnderWay) saving.isOvertaken = true;
      else receive(post);
    });
  }, [id, token]);
  // At once, not after the next paint: the tab may be closed before that.
  useLayoutEffect(() => {
    if (session && isEdited(session.draft)) drafts.set(id, session.draft);
    else if (session) drafts.delete(id);
  }, [session?.draft]);

  const save = async (draft: Draft, dryRun: boolean): Promise<Saved> => {
    setSaving(true);
    setNotice(null);
    Object.assign(saving, { isUnderWay: true, isOvertaken: false });
    const saved = await savePost(draft, dryRun);
    saving.isUnderWay = false;
    setSaving(false);
    setNotice(noticeOf(saved));
    if (saved.kind === 'saved') {
      drafts.delete(id);
      if (id !== NEW_ID) set(() => begin(draftOf(saved.post)));
      onWritten(saved.post);
    }
    if (saved.kind === 'invalid' || saved.kind === 'forbidden') {
      set((now) => ({ ...now, refused: { draft, issues: saved.issues } }));
    }
    if (saved.kind === 'stale') receive(saved.post);
    if (saved.kind === 'gone') receive(null);
    if (saving.isOvertaken) void read();
    return saved;
  };

  return {
    stage,
    notice,
    isSaving,
    save,
    change: (step: (draft: Draft) => Draft) => {
      setNotice(null);
      set((now) => ({ ...now, draft: step(now.draft) }));
    },
    /** Notes that what others have done has been looked at. */
    look: () => set((now) => ({ ...now, seen: now.draft.base })),
  };
}

function begin(draft: Draft): Session {
  return { draft, seen: draft.base, refused: null };
}

function received(stage: Stage, post: Post | null, left: Draft | undefined): Stage {
  if (post === null) return { kind: 'gone' };
  if (stage.kind === 'open') {
    const { session } = stage;
    return { kind: 'open', session: { ...session, draft: rebase(session.draft, post) } };
  }
  if (!left) return { kind: 'open', session: begin(draftOf(post)) };
  return { kind: 'open', session: { ...begin(left), draft: rebase(left, post) } };
}

function isEdited(draft: Draft): boolean {
  const { changes, issues } = previewOf(draft);
  return changes.length > 0 || issues.size > 0;
}

/** What is wrong with a field by the service, as long as it holds what was sent. */
export function refusedAt({ draft, refused }: Session, field: FieldName): readonly string[] {
  if (!refused || valueOf(draft, field) !== valueOf(refused.draft, field)) return [];
  return refused.issues.get(field) ?? [];
}

const SAVED: Notice = { tone: 'good', text: 'Saved.' };

function noticeOf(saved: Saved): Notice | null {
  switch (saved.kind) {
    case 'saved':
      return SAVED;
    case 'checked': {
      const writes = saved.writes === 1 ? '1 write' : `${saved.writes} writes`;
      return { tone: 'good', text: `The database would take it: ${writes}. Nothing is saved yet.` };
    }
    case 'invalid': {
      const rest = saved.issues.get('form')?.join(' ') ?? 'Look at the fields that are marked.';
      return { tone: 'bad', text: `Not saved. ${rest}` };
    }
    case 'stale':
      return { tone: 'bad', text: 'Not saved: somebody else has changed this post meanwhile.' };
    case 'forbidden':
      return {
        tone: 'bad',
        text: `Not saved: ${saved.message}.`,
      };
    case 'failed':
      return { tone: 'bad', text: `Not saved. ${saved.message}` };
    case 'gone':
      return null;
    default:
      return saved satisfies never;
  }
}
