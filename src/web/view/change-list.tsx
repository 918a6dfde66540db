import type { Change } from '../form/preview.ts';

/** Writes: what goes is struck out, what comes is underlined. */
export function ChangeList({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <ul class="changes">
      {changes.map(({ tone, title, texts }, index) => (
        <li key={index} class={tone}>
          <strong>{title}</strong>
          {texts.map(({ name, before, after }) => (
            <p key={name}>
              {texts.length > 1 && <span class="name">{name}: </span>}
              {before !== null && <del>{before}</del>}
              {before !== null && after !== null && ' '}
              {after !== null && <ins>{after}</ins>}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
