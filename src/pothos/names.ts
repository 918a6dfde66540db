import type { Association } from '../model/model.ts';

/** What the names of an association's types are made of: PostComments. */
export function baseName({ owner, name }: Association): string {
  return `${owner.name}${upperFirst(name)}`;
}

/** The name of a field as that of a type: Post. */
export function upperFirst(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The name of a type as that of a field: post. */
export function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
