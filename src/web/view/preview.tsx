import { commentField, type Draft, type FieldName, isNew } from '../form/draft.ts';
import type { Preview as Previewed } from '../form/preview.ts';
import { ChangeList } from './change-list.tsx';

/** What saving would do, at every moment. */
export function Preview({
  draft,
  preview,
}: {
  readonly draft: Draft;
  readonly preview: Previewed;
}) {
  const { issues, changes } = preview;
  return (
    // It scrolls by itself where it is long, also by the keyboard.
    <aside class="preview" aria-labelledby="preview-title" tabIndex={0}>
      <h2 id="preview-title">What saving will do</h2>
      {issues.size > 0 ? (
        <>
          <p>Nothing yet. Correct this first:</p>
          <ul class="wrong">
            {[...issues].map(([field, messages]) => (
              <li key={field}>
                <a href={`#${field}`} onClick={(event) => go(event, field)}>
                  {nameOf(draft, field)}
                </a>
                : {messages.join(', ')}
              </li>
            ))}
          </ul>
        </>
      ) : changes.length === 0 ? (
        <p class="none">
          {isNew(draft)
            ? 'Nothing yet: a post needs a title.'
            : 'Nothing: the form is as it is stored.'}
        </p>
      ) : (
        <ChangeList changes={changes} />
      )}
    </aside>
  );
}

/** The address of the page names the post. */
function go(event: Event, field: string): void {
  event.preventDefault();
  document.getElementById(field)?.focus();
}

/** What a field of a draft is called. */
export function nameOf(draft: Draft, field: FieldName | 'form'): string {
  switch (field) {
    case 'title':
      return 'Title';
    case 'body':
      return 'Text';
    case 'url':
      return 'Permalink';
    case 'tags':
      return 'Tags';
    case 'form':
      return 'Post';
    default:
      return `Comment ${draft.comments.findIndex((row) => commentField(row) === field) + 1}`;
  }
}
