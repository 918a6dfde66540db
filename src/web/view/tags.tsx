import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/ask.ts';
import * as edit from '../form/edit.ts';
import { TagsDocument, type TagsQueryVariables } from '../generated/graphql.ts';
import { Notes } from './field.tsx';
import { usePaused } from './hooks.ts';
import type { FormProps } from './post-form.tsx';

type Tag = { readonly id: string; readonly name: string };

/** The tags of a post, added and removed by their names. */
export function Tags({ draft, change, focusNext, isLocked, fieldProps }: FormProps) {
  const [name, setName] = useState('');
  const suggested = useSuggestions(usePaused(name, 150));
  const { issues } = fieldProps('tags');
  const stored = new Set(draft.base.tags.map((tag) => tag.name));
  const add = async () => {
    const added = name.trim();
    if (added === '') return;
    setName('');
    change((now) => edit.addTag(now, added));
    const found = await findTags({ name: { equals: added } });
    for (const tag of found) change((now) => edit.knowTag(now, tag));
  };
  return (
    <fieldset class="tags">
      <legend>Tags</legend>
      <ul>
        {draft.tags.map(({ name: tag, removed }) => (
          <li key={tag} class={removed ? 'removed' : stored.has(tag) ? '' : 'new'}>
            {removed ? <del>{tag}</del> : stored.has(tag) ? <span>{tag}</span> : <ins>{tag}</ins>}
            <button
              type="button"
              class="quiet"
              aria-label={removed ? `Keep tag ${tag}` : `Remove tag ${tag}`}
              disabled={isLocked}
              onClick={() => {
                change((now) => (removed ? edit.addTag(now, tag) : edit.removeTag(now, tag)));
                if (!removed && !stored.has(tag)) focusNext('tags');
              }}
            >
              {removed ? '↺' : '×'}
            </button>
          </li>
        ))}
      </ul>
      <div class="adding">
        <label for="tags">Add a tag by its name</label>
        <input
          id="tags"
          type="text"
          list="tag-names"
          autocomplete="off"
          value={name}
          readOnly={isLocked}
          aria-invalid={issues.length > 0}
          aria-describedby="tags-notes"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            void add();
          }}
        />
        <button type="button" disabled={isLocked} onClick={() => void add()}>
          Add tag
        </button>
        <datalist id="tag-names">
          {suggested.map((tag) => (
            <option key={tag.id} value={tag.name} />
          ))}
        </datalist>
      </div>
      <Notes id="tags-notes" mark={null} issues={issues} />
    </fieldset>
  );
}

function useSuggestions(typed: string): readonly Tag[] {
  const [tags, setTags] = useState<readonly Tag[]>([]);
  useEffect(() => {
    let isWanted = true;
    if (typed.trim() === '') setTags([]);
    else {
      void findTags({ name: { startsWith: typed.trim(), mode: 'Insensitive' } }).then((found) => {
        if (isWanted) setTags(found);
      });
    }
    return () => {
      isWanted = false;
    };
  }, [typed]);
  return tags;
}

async function findTags(where: NonNullable<TagsQueryVariables['where']>): Promise<readonly Tag[]> {
  const answer = await ask(TagsDocument, { where });
  return answer.kind === 'data' ? answer.data.tags.edges.map(({ node }) => node) : [];
}
