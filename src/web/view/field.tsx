import type { FieldName } from '../form/draft.ts';

/** How a part of the form differs from what is stored. */
export type Mark = 'new' | 'changed' | 'removed' | null;

/** A text with its label, what is wrong with it, and how it differs from what is stored. */
export function Field(props: {
  readonly name: FieldName;
  readonly label: string;
  readonly value: string;
  readonly mark: Mark;
  readonly issues: readonly string[];
  readonly isLong?: boolean;
  readonly isLocked: boolean;
  readonly onInput: (value: string) => void;
  readonly onLeave: () => void;
}) {
  const { name, label, value, mark, issues, isLong = false, isLocked } = props;
  const control = {
    id: name,
    value,
    readOnly: isLocked,
    'aria-invalid': issues.length > 0,
    'aria-describedby': `${name}-notes`,
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      props.onInput(currentTarget.value),
    onBlur: props.onLeave,
  };
  return (
    <div class={`field ${mark ?? ''}`}>
      <label for={name}>{label}</label>
      {isLong ? <textarea {...control} rows={1} /> : <input type="text" {...control} />}
      <Notes id={`${name}-notes`} mark={mark} issues={issues} />
    </div>
  );
}

/** What stands below a field. */
export function Notes({
  id,
  mark,
  issues,
}: {
  readonly id: string;
  readonly mark: Mark;
  readonly issues: readonly string[];
}) {
  return (
    <div class="notes" id={id}>
      {mark !== null && <span class="mark">{MARKS[mark]}</span>}
      {issues.map((message) => (
        <span class="issue" key={message}>
          {message}
        </span>
      ))}
    </div>
  );
}

const MARKS = { new: 'New', changed: 'Changed', removed: 'Removed when you save' } as const;
