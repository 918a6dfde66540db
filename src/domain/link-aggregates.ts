import { namesOf } from '../model/datamodel/read-associations.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import type { Association, Model, Models } from '../model/model.ts';
import { orderedLists } from '../model/position.ts';
import { keyText } from '../model/value.ts';
import type { Aggregate, AssociationTools, EntryShape } from './aggregate.ts';
import { assertChoice, assertReference, assertTools, refuse } from './assert-declaration.ts';
import {
  type AssociationDeclaration,
  type Choice,
  type Declaration,
  inSchemaOrder,
} from './declaration.ts';
import { nameEntries } from './name-entries.ts';

/** An aggregate whose associations are still being linked. */
interface Draft extends Aggregate {
  readonly associations: Map<string, AssociationTools>;
  readonly unlinked: Association[];
}

/** An entry of which the associations that it carries are not linked yet. */
interface EntryDraft extends EntryShape {
  readonly nested: AssociationTools[];
  entry: string | null;
}

/** What an entry carries by its declaration. */
interface Pending {
  readonly association: Association;
  readonly tool: 'cast' | 'build';
  readonly entry: EntryDraft;
  readonly names: readonly string[] | undefined;
}

/**
 * The aggregates of the declarations, by model name: each holds its model, and the aggregates at
 * the other ends of its associations.
 * @throws Error for a declaration that cannot hold.
 */
export function linkAggregates(
  models: Models,
  declarations: ReadonlyMap<string, Declaration>,
): ReadonlyMap<string, Aggregate> {
  const drafts = new Map<string, Draft>();
  for (const [
    name,
    { cast: fields = [], maxTextBytes = MAX_TEXT_BYTES, ...hooks },
  ] of declarations) {
    const model = getModel(models, name);
    assertFields(name, model, fields);
    drafts.set(name, {
      model,
      fields,
      hooks,
      maxTextBytes,
      associations: new Map(),
      unlinked: [],
    });
  }
  const pending: Pending[] = [];
  for (const owner of drafts.values()) {
    const declared = declarations.get(owner.model.name) ?? {};
    for (const [name, declaration] of inSchemaOrder(owner.model, declared)) {
      const association = owner.model.associations.get(name);
      if (!association || !hasTools(declaration)) continue;
      const related = drafts.get(association.related.name);
      if (!related) throw notDeclared(association);
      owner.associations.set(name, linkTools(association, related, declaration, pending));
    }
  }
  // What an entry carries can only be linked once every aggregate has its associations.
  pending.forEach(linkNested);
  nameEntries(pending);
  for (const { model, unlinked } of drafts.values()) {
    unlinked.push(...[...model.associations.values()].filter((item) => isUnlinked(item, drafts)));
  }
  return drafts;
}

/** Bytes of a text at most unless the declaration says otherwise. */
const MAX_TEXT_BYTES = 1_000_000;

/** Whether the links of a many_to_many go with its owner, and clients write its other end. */
function isUnlinked(association: Association, aggregates: ReadonlyMap<string, Aggregate>): boolean {
  if (association.kind !== 'manyToMany' || association.rules.onDelete === 'nothing') return false;
  const written = aggregates.get(association.related.name)?.associations.values() ?? [];
  return [...written].some((tools) => leadsBack(association, tools.association));
}

function hasTools({ cast, put, build }: AssociationDeclaration): boolean {
  return cast !== undefined || put !== undefined || build !== undefined;
}

function notDeclared(association: Association): Error {
  const { name } = association.related;
  return refuse(association, `the domain does not declare ${name}. Declare it beside its owner.`);
}

function linkTools(
  association: Association,
  related: Aggregate,
  declaration: AssociationDeclaration,
  pending: Pending[],
): AssociationTools {
  const { cast, put, build, required = false } = declaration;
  assertTools(association, { cast, put, build });
  const entryOf = (tool: 'cast' | 'build', declared: NonNullable<typeof build>): EntryDraft => {
    const {
      fields = ownFields(association, related),
      nested: names,
      entry: name = null,
    } = declared;
    assertFields(`${association.owner.name}.${association.name}.${tool}`, related.model, fields);
    const entry: EntryDraft = { aggregate: related, fields, nested: [], entry: name };
    pending.push({ association, tool, entry, names });
    return entry;
  };
  return {
    association,
    related,
    required,
    singular: declaration.singular ?? singularOf(association),
    // The very entries, which are completed later.
    ...(cast && {
      cast: Object.assign(entryOf('cast', cast), choiceOf(association, 'cast', cast), {
        relate: cast.relate ?? false,
      }),
    }),
    ...(put && {
      put: { ...choiceOf(association, 'put', put), ...readReference(association, put) },
    }),
    ...(build && { build: entryOf('build', build) }),
  };
}

function singularOf({ name, cardinality }: Association): string {
  return cardinality === 'many' ? name.replace(/s$/, '') : name;
}

function choiceOf(
  association: Association,
  tool: 'cast' | 'put',
  declared: Partial<Choice>,
): Choice {
  const usual = usualChoice(association, tool);
  const choice = {
    allowed: declared.allowed ?? usual.allowed,
    default: declared.default ?? usual.default,
  };
  assertChoice(association, tool, choice);
  return choice;
}

/** What changes no other record: of a belongs_to or many_to_many, only the link. */
function usualChoice({ kind }: Association, tool: 'cast' | 'put'): Choice {
  switch (kind) {
    case 'belongsTo': {
      const update = tool === 'cast' ? (['update'] as const) : [];
      return { allowed: ['markAsInvalid', 'nilify', ...update], default: 'nilify' };
    }
    case 'manyToMany':
      return { allowed: ['markAsInvalid', 'delete'], default: 'delete' };
    case 'hasOne':
    case 'hasMany':
    case 'through':
      return { allowed: ['markAsInvalid'], default: 'markAsInvalid' };
    default:
      return kind satisfies never;
  }
}

function readReference(
  association: Association,
  { by = [], create = false }: NonNullable<AssociationDeclaration['put']>,
) {
  assertReference(association, by);
  return { by, create };
}

/** What a record casts where it is written through its owner: all but the key to it. */
function ownFields(association: Association, { fields }: Aggregate): readonly string[] {
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return fields;
  return fields.filter((name) => !association.relatedKey.includes(name));
}

function linkNested({ association, entry, names }: Pending): void {
  const { model, associations } = entry.aggregate;
  if (names === undefined) {
    const all = [...associations.values()];
    entry.nested.push(...all.filter((tools) => !leadsBack(association, tools.association)));
    return;
  }
  for (const name of names) {
    const tools = associations.get(name);
    if (!tools) {
      const there = namesOf(associations) || 'none';
      throw refuse(association, `${model.name} declares no tools of "${name}". It has: ${there}.`);
    }
    entry.nested.push(tools);
  }
}

/** Whether an association is the other side of one. */
function leadsBack(association: Association, back: Association): boolean {
  if (back.related !== association.owner || back.kind === 'through') return false;
  if (association.kind === 'through') return false;
  if (association.kind === 'manyToMany') {
    if (back.kind !== 'manyToMany' || association.join?.model !== back.join?.model) return false;
    return isSame(association.join?.ownerKey ?? [], back.join?.relatedKey ?? []);
  }
  if (back.kind === 'manyToMany') return false;
  return (
    isSame(association.ownerKey, back.relatedKey) && isSame(association.relatedKey, back.ownerKey)
  );
}

function isSame(key: readonly string[], other: readonly string[]): boolean {
  return keyText(key) === keyText(other);
}

function assertFields(where: string, model: Model, fields: readonly string[]): void {
  const unknown = fields.find((name) => !model.fields.has(name));
  if (unknown !== undefined) {
    throw new Error(
      `cannot declare ${where}: ${model.name} has no field "${unknown}". It has: ${namesOf(model.fields)}.`,
    );
  }
  const hidden = fields.find((name) => model.hidden.includes(name));
  if (hidden !== undefined)
    throw new Error(`cannot declare ${where}: it casts "${hidden}", which is hidden from clients.`);
  const list = orderedLists(model).find(({ rules }) => fields.includes(rules.position));
  if (list === undefined) return;
  throw new Error(
    `cannot declare ${where}: it casts "${list.rules.position}", in which ${list.owner.name}.${list.name} keeps its order. Leave it out: it follows from the list.`,
  );
}
