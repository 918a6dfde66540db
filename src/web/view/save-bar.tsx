import { type Draft, isNew } from '../form/draft.ts';
import type { Preview } from '../form/preview.ts';
import type { Notice } from './use-session.ts';

/** Saves, and says what came of it. */
export function SaveBar({
  preview,
  draft,
  notice,
  isSaving,
  onShow,
  onCheck,
  onDiscard,
}: {
  readonly preview: Preview;
  readonly draft: Draft;
  readonly notice: Notice | null;
  readonly isSaving: boolean;
  /** Shows what others have changed. */
  readonly onShow: () => void;
  readonly onCheck: () => void;
  readonly onDiscard: () => void;
}) {
  const isIdle = preview.changes.length === 0 && preview.issues.size === 0;
  return (
    <div class="bar">
      <p class={`said ${notice?.tone ?? ''}`} role="status">
        {isSaving ? 'Saving…' : (notice?.text ?? summaryOf(draft, preview))}
      </p>
      {draft.conflicts.size > 0 && (
        <button type="button" onClick={onShow}>
          Choose
        </button>
      )}
      <button type="submit" class="primary" aria-disabled={isSaving || isIdle}>
        Save
      </button>
      <button
        type="button"
        aria-disabled={isSaving || isIdle}
        title="Lets the database check all of it, and keeps nothing"
        onClick={onCheck}
      >
        Check
      </button>
      <button type="button" class="quiet" disabled={isSaving || isIdle} onClick={onDiscard}>
        Discard
      </button>
    </div>
  );
}

function summaryOf(draft: Draft, { issues, changes }: Preview): string {
  if (issues.size > 0)
    return issues.size === 1 ? '1 field to correct' : `${issues.size} fields to correct`;
  const { size } = draft.conflicts;
  if (size > 0) return `Others have changed the same: ${size} to choose`;
  if (changes.length === 0) return isNew(draft) ? 'Nothing to save yet' : 'All is saved';
  const counts = (['new', 'changed', 'removed'] as const).flatMap((tone) => {
    const count = changes.filter((change) => change.tone === tone).length;
    return count === 0 ? [] : [`${count} ${tone}`];
  });
  return counts.join(', ');
}
