import type { Association } from '../model/model.ts';
import { keyText } from '../model/value.ts';
import type { EntryShape } from './aggregate.ts';

/** An entry of a tool, whose name is not final. */
interface NamedEntry {
  readonly association: Association;
  readonly tool: 'cast' | 'build';
  readonly entry: EntryShape & { entry: string | null };
}

/**
 * Names the entries that take something else than the first one of their model does, by their
 * association.
 */
export function nameEntries(entries: readonly NamedEntry[]): void {
  const first = new Map<string, string>();
  for (const { association, tool, entry } of entries) {
    if (entry.entry !== null) continue;
    const { name: model } = association.related;
    const held = [...entry.fields, '', ...entry.nested.map((tools) => tools.association.name)];
    const usual = first.get(`${tool} ${model}`) ?? keyText(held);
    first.set(`${tool} ${model}`, usual);
    if (usual !== keyText(held)) entry.entry = entryName(association, tool);
  }
}

function entryName({ owner, name }: Association, tool: NamedEntry['tool']): string {
  const [verb, list] = [tool, name].map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${verb}${owner.name}${list}Entry`;
}
