import type { Association } from '../model/model.ts';
import type { Parts } from './parts.ts';

/**
 * What the names of an association's types are made of: PostComments; another, where the types of a
 * model would have the same names.
 */
export function baseName({ domain }: Pick<Parts, 'domain'>, association: Association): string {
  const name = `${association.owner.name}${upperFirst(association.name)}`;
  return domain.models.has(name) ? `${name}Association` : name;
}

/** Whether a model or an enum has a name. */
export function isTaken({ models }: Parts['domain'], name: string): boolean {
  if (models.has(name)) return true;
  return [...models.values()].some(({ fields }) =>
    [...fields.values()].some(({ enumName }) => enumName === name),
  );
}

/** The name of a field as that of a type: Post. */
export function upperFirst(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The name of a type as that of a field: post. */
export function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
