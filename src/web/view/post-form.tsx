import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Draft, type FieldName, isNew, type TextField, textsOf } from '../form/draft.ts';
import * as edit from '../form/edit.ts';
import { previewOf } from '../form/preview.ts';
import { Comments } from './comments.tsx';
import { Field } from './field.tsx';
import { useFocusNext } from './hooks.ts';
import { Meanwhile } from './meanwhile.tsx';
import { Preview } from './preview.tsx';
import { SaveBar } from './save-bar.tsx';
import { Tags } from './tags.tsx';
import { refusedAt, type Session, type useSession } from './use-session.ts';

/** What the parts of the form are given. */
export interface FormProps {
  readonly draft: Draft;
  readonly change: (step: (draft: Draft) => Draft) => void;
  /** Moves the focus to an element once it is there. */
  readonly focusNext: (id: string) => void;
  readonly isLocked: boolean;
  /** What a field is told of itself. */
  readonly fieldProps: (name: FieldName) => {
    readonly name: FieldName;
    readonly issues: readonly string[];
    readonly onLeave: () => void;
  };
}

/** The form of a post, and beside it what saving it would do. */
export function PostForm({
  session,
  change,
  save,
  look,
  isSaving,
  notice,
}: ReturnType<typeof useSession> & { readonly session: Session }) {
  const { draft } = session;
  const preview = useMemo(() => previewOf(draft), [draft]);
  const focusNext = useFocusNext(isNew(draft) || notice ? 'title' : null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isAsked, setAsked] = useState(false);
  const before = textsOf(draft.base);

  // An empty field is no mistake before somebody has been there.
  const issuesOf = (name: FieldName) =>
    isAsked || left.has(name) ? (preview.issues.get(name) ?? []) : [];
  const fieldProps = (name: FieldName) => ({
    name,
    issues: [
      ...issuesOf(name),
      ...refusedAt(session, name),
      ...(draft.conflicts.has(name) ? ['others have changed this too'] : []),
    ],
    onLeave: () => setLeft((names) => new Set([...names, name])),
  });
  const parts: FormProps = { draft, change, focusNext, isLocked: isSaving, fieldProps };
  const text = (name: TextField, label: string) => ({
    ...fieldProps(name),
    label,
    value: draft[name],
    mark:
      draft[name] === before[name] ? null : isNew(draft) ? ('new' as const) : ('changed' as const),
    isLocked: isSaving,
    onInput: (value: string) => {
      setLeft((names) => new Set([...names, name]));
      change((now) => edit.setText(now, name, value));
    },
  });

  const send = async (dryRun: boolean) => {
    if (isSaving) return;
    setAsked(true);
    const [wrong] = preview.issues.keys();
    if (wrong !== undefined) return focusNext(wrong);
    if (draft.conflicts.size > 0) return focusNext('meanwhile');
    if (preview.changes.length === 0) return;
    const saved = await save(draft, dryRun);
    if (saved.kind === 'saved') {
      setAsked(false);
      setLeft(new Set());
    }
    if (saved.kind === 'stale') focusNext('meanwhile');
    if (saved.kind === 'forbidden' && !saved.isSignedIn) focusNext('sign-in');
    else if (saved.kind === 'invalid' || saved.kind === 'forbidden')
      focusNext([...saved.issues.keys()].find((name) => name !== 'form') ?? 'title');
  };
  useSaveKey(() => void send(false));

  return (
    <form
      class="editor"
      aria-labelledby="editor-title"
      onSubmit={(event) => {
        event.preventDefault();
        void send(false);
      }}
    >
      <h1 id="editor-title">{isNew(draft) ? 'New post' : draft.base.title}</h1>
      <Meanwhile session={session} change={change} onLooked={look} />
      <div class="fields">
        <Field {...text('title', 'Title')} />
        <Field {...text('body', 'Text')} isLong />
        <Field {...text('url', 'Permalink')} />
        <Tags {...parts} />
        <Comments {...parts} />
      </div>
      <Preview draft={draft} preview={preview} />
      <SaveBar
        preview={preview}
        draft={draft}
        onShow={() => focusNext('meanwhile')}
        notice={notice}
        isSaving={isSaving}
        onCheck={() => void send(true)}
        onDiscard={() => {
          change(edit.discard);
          setAsked(false);
          setLeft(new Set());
          focusNext('title');
        }}
      />
    </form>
  );
}

/** Ctrl-S and Cmd-S save. */
function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
