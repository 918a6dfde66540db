import { withArticle } from '../../changeset/assert.ts';
import type { Association, OnReplace } from '../../model/model.ts';
import { baseName } from '../names.ts';
import type { Parts } from '../parts.ts';

const onReplaceTexts: {
  readonly [value in OnReplace]: readonly [string, string];
} = {
  raise: ['RAISE', 'Refused as an error of the service.'],
  markAsInvalid: [
    'MARK_AS_INVALID',
    'Refused: an InvalidChangeset with REPLACE_NOT_ALLOWED at the association, naming the ids.',
  ],
  nilify: [
    'NILIFY',
    'The link goes: the foreign key is cleared or points elsewhere, the record stays.',
  ],
  update: ['UPDATE', 'The record that is there takes the new values.'],
  delete: ['DELETE', 'It goes.'],
  deleteIfExists: ['DELETE_IF_EXISTS', 'It goes, if it is still there.'],
};

/** A to-many has one enum for cast and put, a to-one one for each. */
export function onReplaceEnum(
  parts: Parts,
  association: Association,
  tool: 'cast' | 'put',
  allowed: readonly OnReplace[],
) {
  const isMany = association.cardinality === 'many';
  const base = `${baseName(parts, association)}OnReplace`;
  const prefix = tool === 'cast' ? 'Cast' : 'Put';
  const enumName = isMany ? base : `${prefix}${base}`;
  const values = allowed.map((value) => {
    const [text, description] = onReplaceTexts[value];
    return [text, { value, description: replaceText(association, value) ?? description }] as const;
  });
  return parts.named(enumName, (name) =>
    parts.builder.enumType(name, {
      description: `What becomes of ${withArticle(association.related.name)} that is there and not listed.`,
      values: Object.fromEntries(values),
    }),
  );
}

function replaceText(association: Association, value: OnReplace): string | null {
  const { related } = association;
  if (value !== 'delete') return null;
  return association.kind === 'manyToMany'
    ? `The link goes, the ${related.name} stays.`
    : `The ${related.name} goes, with what goes with it.`;
}
