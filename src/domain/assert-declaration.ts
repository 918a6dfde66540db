import { assertRules } from '../model/datamodel/association-rules.ts';
import type { Association } from '../model/model.ts';
import type { Choice } from './declaration.ts';

/** The error for a declaration of an association that cannot hold: what is wrong, and the way out. */
export function refuse({ owner, name }: Association, problem: string): Error {
  return new Error(`cannot declare ${owner.name}.${name}: ${problem}`);
}

/** The tools that each kind of association has. */
const toolsOf: { readonly [kind in Association['kind']]: readonly string[] } = {
  belongsTo: ['cast', 'put'],
  hasOne: ['cast', 'put', 'build'],
  hasMany: ['cast', 'put', 'build'],
  manyToMany: ['cast', 'put', 'build'],
  through: [],
};

/** @throws Error for a tool that the association's kind does not have. */
export function assertTools(
  association: Association,
  declared: { readonly [tool: string]: object | undefined },
): void {
  const { kind } = association;
  for (const [tool, declaration] of Object.entries(declared)) {
    if (declaration === undefined || toolsOf[kind].includes(tool)) continue;
    const there = toolsOf[kind].join(' and ') || 'none, it is only read';
    throw refuse(association, `a ${kind} has no ${tool}. Its tools: ${there}.`);
  }
}

/**
 * @throws Error for an onReplace that the association's kind does not allow or that cannot hold,
 * and for a default that is not allowed.
 */
export function assertChoice(association: Association, tool: 'cast' | 'put', choice: Choice): void {
  for (const onReplace of choice.allowed) {
    assertRules({ ...association, rules: { ...association.rules, onReplace } });
    if (onReplace === 'update' && tool === 'put') {
      throw refuse(
        association,
        'put names records, and onReplace "update" would change one. Leave it to cast.',
      );
    }
    const fixed = onReplace === 'nilify' ? notNullKey(association) : undefined;
    if (fixed !== undefined) {
      throw refuse(
        association,
        `onReplace "nilify" cannot hold, ${fixed} takes no null. Leave it out, or let the column take null.`,
      );
    }
  }
  if (choice.allowed.includes(choice.default)) return;
  throw refuse(
    association,
    `its default onReplace of ${tool}, "${choice.default}", is not among those allowed: ${choice.allowed.join(', ')}.`,
  );
}

/** Of a has_one or has_many: a field of the foreign key that cannot be null. */
function notNullKey(association: Association): string | undefined {
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return undefined;
  const { related, relatedKey } = association;
  const field = relatedKey.find((name) => related.fields.get(name)?.isNullable === false);
  return field && `${related.name}.${field}`;
}

/** @throws Error for a field by which more than one record may go. */
export function assertReference(association: Association, by: readonly string[]): void {
  const { related } = association;
  const unique = related.uniqueKeys.flatMap((key) => (key.length === 1 ? key : []));
  const other = by.find((name) => !unique.includes(name));
  if (other === undefined) return;
  throw refuse(
    association,
    `put.by names "${other}", which is no unique field of ${related.name}. Unique are: ${unique.join(', ')}.`,
  );
}
