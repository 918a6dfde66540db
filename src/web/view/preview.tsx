import type { FieldName } from '../form/draft.ts';
import type { Preview as Previewed } from '../form/preview.ts';
import { ChangeList } from './change-list.tsx';

/** What saving would do, at every moment. */
export function Preview({ preview }: { readonly preview: Previewed }) {
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
                  {nameOf(field)}
                </a>
                : {messages.join(', ')}
              </li>
            ))}
          </ul>
        </>
      ) : changes.length === 0 ? (
        <p class="none">Nothing: the form is as it is stored.</p>
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

/** What a field is called. */
export function nameOf(field: FieldName | 'form'): string {
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
      return 'Comment';
  }
}
