import { type Draft, typedIn } from '../form/draft.ts';
import { nameOf } from './preview.tsx';

/** Says that there is no such post, and shows what was typed into it, to be copied. */
export function Gone({
  draft,
  onDiscard,
}: {
  readonly draft: Draft | undefined;
  readonly onDiscard: () => void;
}) {
  const typed = draft
    ? typedIn(draft).map(({ field, text }) => ({ field, text, name: nameOf(draft, field) }))
    : [];
  return (
    <div class="welcome gone">
      <p role="alert">
        This post does not exist, or no longer.{' '}
        {typed.length > 0 && 'What you have typed is still here, to be copied.'}
      </p>
      {typed.map(({ field, text, name }) => (
        <div class="field" key={field}>
          <label for={field}>{name}</label>
          <textarea id={field} value={text} rows={1} readOnly />
        </div>
      ))}
      <p>
        <a href="#/" onClick={onDiscard}>
          {typed.length > 0 ? 'Discard it and choose another post' : 'Choose another post'}
        </a>
      </p>
    </div>
  );
}
