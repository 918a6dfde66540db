import { type Draft, draftOf, type FieldName, valueOf } from '../form/draft.ts';
import { previewOf } from '../form/preview.ts';
import { draftBetween, resolve } from '../form/rebase.ts';
import { ChangeList } from './change-list.tsx';
import { nameOf } from './preview.tsx';
import type { Session } from './use-session.ts';

/** What others have changed while one edits, and the choice where both changed the same. */
export function Meanwhile({
  session: { draft, seen },
  change,
  onLooked,
}: {
  readonly session: Session;
  readonly change: (step: (draft: Draft) => Draft) => void;
  readonly onLooked: () => void;
}) {
  const { changes } = previewOf(draftBetween(seen, draft.base));
  const conflicts = [...draft.conflicts];
  const isShown = changes.length > 0 || conflicts.length > 0;
  return (
    <div aria-live="polite">
      {isShown && (
        <section class="meanwhile" id="meanwhile" tabIndex={-1} aria-labelledby="meanwhile-title">
          <h2 id="meanwhile-title">Changed by others meanwhile</h2>
          {conflicts.length > 0 && <p>You have changed this too. Choose, then save.</p>}
          {conflicts.map((field) => (
            <Conflict key={field} draft={draft} field={field} change={change} />
          ))}
          {conflicts.length > 0 && changes.length > 0 && <h3>All that they did</h3>}
          <ChangeList changes={changes} />
          {conflicts.length === 0 && (
            <p>
              The form has it already, beside what you have typed.{' '}
              <button type="button" onClick={onLooked}>
                All right
              </button>
            </p>
          )}
        </section>
      )}
    </div>
  );
}

function Conflict({
  draft,
  field,
  change,
}: {
  readonly draft: Draft;
  readonly field: FieldName;
  readonly change: (step: (draft: Draft) => Draft) => void;
}) {
  const isRemoved = draft.comments.some(
    ({ key, removed }) => removed && field === `comment-${key}`,
  );
  const mine = isRemoved ? undefined : valueOf(draft, field);
  const theirs = valueOf(draftOf(draft.base), field);
  const name = nameOf(draft, field);
  return (
    <fieldset class="conflict">
      <legend>{name}</legend>
      <dl>
        <dt>Yours</dt>
        <dd>{mine ?? <em>removed</em>}</dd>
        <dt>Theirs</dt>
        <dd>{theirs ?? <em>removed</em>}</dd>
      </dl>
      <div class="buttons">
        <button type="button" onClick={() => change((now) => resolve(now, field, 'mine'))}>
          Keep yours
        </button>
        <button type="button" onClick={() => change((now) => resolve(now, field, 'theirs'))}>
          Take theirs
        </button>
      </div>
    </fieldset>
  );
}
