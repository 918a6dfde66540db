import { commentField, type CommentDraft } from '../form/draft.ts';
import { Field, type Mark } from './field.tsx';
import type { FormProps } from './post-form.tsx';
import * as edit from '../form/edit.ts';

/** The comments of a post: one row for each, and what adds one. */
export function Comments({ draft, change, focusNext, isLocked, fieldProps }: FormProps) {
  const stored = new Map(draft.base.comments.map(({ id, body }) => [id, body]));
  const add = () => {
    const key = crypto.getRandomValues(new Uint32Array(1)).join();
    change((now) => edit.addComment(now, `new-${key}`));
    focusNext(`comment-new-${key}`);
  };
  const remove = (comment: CommentDraft) => {
    change((now) => edit.removeComment(now, comment.key));
    // A row that is new is gone: its neighbour takes the focus, else what adds one.
    const index = draft.comments.indexOf(comment);
    const neighbour = draft.comments[index + 1] ?? draft.comments[index - 1];
    if (comment.id === null) focusNext(neighbour ? commentField(neighbour) : 'add-comment');
  };
  return (
    <fieldset class="comments">
      <legend>Comments</legend>
      {draft.comments.length === 0 && <p class="none">No comments yet.</p>}
      {draft.comments.map((comment, index) => {
        const { key, removed } = comment;
        const name = `comment ${index + 1}`;
        return (
          <div class="row" key={key}>
            <Field
              {...fieldProps(commentField(comment))}
              label={`Comment ${index + 1}`}
              value={comment.body}
              mark={markOf(comment, stored)}
              isLong
              isLocked={isLocked || removed}
              onInput={(body) => change((now) => edit.setComment(now, key, body))}
            />
            <button
              type="button"
              class="quiet"
              aria-label={removed ? `Keep ${name}` : `Remove ${name}`}
              disabled={isLocked}
              onClick={() =>
                removed ? change((now) => edit.restoreComment(now, key)) : remove(comment)
              }
            >
              {removed ? 'Keep' : 'Remove'}
            </button>
          </div>
        );
      })}
      <button type="button" id="add-comment" disabled={isLocked} onClick={add}>
        Add a comment
      </button>
    </fieldset>
  );
}

function markOf({ id, body, removed }: CommentDraft, stored: ReadonlyMap<string, string>): Mark {
  if (removed) return 'removed';
  if (id === null) return 'new';
  return body === stored.get(id) ? null : 'changed';
}
