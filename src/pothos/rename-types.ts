import type { Domain } from '../domain/domain.ts';
import type { Builder } from './builder.ts';
import { isTaken } from './names.ts';

/**
 * What names the types of a kit: as usual, or another where a model or an enum has that name; `names`
 * gives some of them others. A schema is refused with an Error where one of these is never made.
 */
export function renameTypes(
  builder: Builder,
  domain: Domain,
  names: { readonly [type: string]: string },
): (name: string) => string {
  const made = new Set<string>();
  const toSchema = builder.toSchema.bind(builder);
  builder.toSchema = (...options) => {
    const schema = toSchema(...options);
    const unknown = Object.keys(names).find((name) => !made.has(name));
    if (unknown === undefined) return schema;
    throw new Error(
      `cannot rename "${unknown}": the kit makes no such type. It makes: ${[...made].toSorted().join(', ')}.`,
    );
  };
  return (name) => {
    made.add(name);
    return names[name] ?? (isTaken(domain, name) ? `${name}Type` : name);
  };
}
