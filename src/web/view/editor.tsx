import type { Draft } from '../form/draft.ts';
import { Gone } from './gone.tsx';
import { PostForm } from './post-form.tsx';
import { type SessionOptions, useSession } from './use-session.ts';

/** Edits one post; a draft that was left before is taken up again. */
export function Editor({
  id,
  drafts,
  ...options
}: {
  readonly id: string;
  readonly drafts: Map<string, Draft>;
} & SessionOptions) {
  const editing = useSession(id, drafts, options);
  const { stage } = editing;
  switch (stage.kind) {
    case 'loading':
      return <p class="welcome">Reading the post…</p>;
    case 'unreadable':
      return (
        <p class="welcome" role="alert">
          {stage.message}
        </p>
      );
    case 'gone':
      return <Gone draft={drafts.get(id)} onDiscard={() => drafts.delete(id)} />;
    case 'open':
      return <PostForm {...editing} session={stage.session} />;
    default:
      return stage satisfies never;
  }
}
