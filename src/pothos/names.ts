/** What the names of an association's types are made of: PostComments. */
export function baseName(model: string, association: string): string {
  return `${model}${association.charAt(0).toUpperCase()}${association.slice(1)}`;
}

/** The name of a type as that of a field: post. */
export function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
