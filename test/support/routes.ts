import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';

/*
 * Every way in which the mutations of a schema reach a row, found in its input types: which records
 * lead there, and which tool writes. Each route makes the rows that it needs.
 */

/** A way to a write. */
export interface Route {
  readonly name: string;
  readonly mutation: string;
  /** The association that writes, as `posts.comments`, and how; none of the root's own fields. */
  readonly association: string;
  readonly tool: string;
  /** Makes the rows that are needed, and gives the variables of the mutation. */
  readonly prepare: (create: Create) => Promise<Variables>;
}

/** Runs a mutation for preparation; gives what it inserted, by path. */
export type Create = (mutation: string, variables: Variables) => Promise<readonly Inserted[]>;

export interface Inserted {
  readonly id: string;
  readonly path: readonly string[];
}

type Variables = Readonly<Record<string, unknown>>;
type Input = { [name: string]: unknown };

/** All routes of a schema; a record is made with one in each of its associations named in `filled`. */
export function routesOf(schema: GraphQLSchema, filled: readonly string[] = []): readonly Route[] {
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const referred = referredModels(mutations);
  return Object.values(mutations)
    .flatMap((field) => routesOfMutation(mutations, field))
    .map((route) => ({
      ...route,
      async prepare(create) {
        world = { filled, mutations, ids: new Map() };
        for (const model of referred) world.ids.set(model, (await makeRoot(create, model)).id);
        return route.prepare(create);
      },
    }));
}

/** What records are made of: those that are only put, by model, and associations that must hold one. */
interface World {
  readonly filled: readonly string[];
  readonly mutations: Mutations;
  readonly ids: Map<string, string>;
}

let world: World = { filled: [], mutations: {}, ids: new Map() };

/** The models of which records are only put. */
function referredModels(mutations: Mutations): ReadonlySet<string> {
  const models = new Set<string>();
  const seen = new Set<GraphQLInputObjectType>();
  const look = (type: GraphQLInputObjectType | null | undefined) => {
    if (!type || seen.has(type)) return;
    seen.add(type);
    for (const association of associationsOf(type)) {
      if (isReference(association)) models.add(association.related);
      look(association.cast?.entry);
      look(association.build);
    }
  };
  for (const { args } of Object.values(mutations))
    for (const { type } of args) look(objectOf(type));
  return models;
}

type Mutations = Readonly<Record<string, GraphQLField<unknown, unknown>>>;

interface Root {
  readonly mutation: string;
  readonly isNew: boolean;
  readonly type: GraphQLInputObjectType;
  /** What makes such a record, and the arguments that name the owner or the record itself. */
  readonly created: { readonly mutation: string; readonly type: GraphQLInputObjectType };
  /** Of what is built through an owner: the association that is built. */
  readonly through: readonly string[];
  readonly idArgument: string | null;
}

function routesOfMutation(
  mutations: Mutations,
  { name: mutation, args }: GraphQLField<unknown, unknown>,
): readonly Route[] {
  const idArgument = args.find(({ name }) => /^id$|Id$/.test(name))?.name ?? null;
  const owner = idArgument?.replace(/Id$/, '');
  const model =
    mutation.startsWith('build') && owner
      ? owner.charAt(0).toUpperCase() + owner.slice(1)
      : mutation.replace(/^(create|update|delete)/, '');
  const created = { mutation: `create${model}`, type: inputOf(mutations[`create${model}`]) };
  if (mutation.startsWith('delete'))
    return [...deletions(mutation, created), ...deletionsFromLists(mutations, model, created)];
  const isNew = !mutation.startsWith('update');
  const type = inputOf(mutations[mutation]);
  const through = associationsOf(created.type).flatMap(({ name, build }) =>
    mutation.startsWith('build') && build === type ? [name] : [],
  );
  const root: Root = { mutation, isNew, type, created, through, idArgument };
  return [...ownRoutes(root), ...nestedRoutes(root, root.type, [], isNew)];
}

function inputOf(field?: GraphQLField<unknown, unknown>): GraphQLInputObjectType {
  const type = objectOf(field?.args.find(({ name }) => name === 'input')?.type);
  if (!type) throw new Error(`${field?.name ?? 'a mutation'} has no input`);
  return type;
}

/** A deletion alone, and one with what goes with it. */
function deletions(mutation: string, created: Root['created']): readonly Route[] {
  const owned = associationsOf(created.type).filter(
    (association) => !association.isParent && !isReference(association),
  );
  const route = (tool: string, more: () => Input): Route => ({
    name: `${mutation} ${tool}`,
    mutation,
    association: '',
    tool,
    async prepare(create) {
      const input = { ...newRoot(created.type), ...more() };
      return { id: idAt(await create(created.mutation, { input }), ['input']) };
    },
  });
  const children = owned.map((association) =>
    route(`with ${association.name}`, () => ({ [association.name]: added(association) })),
  );
  return [route('alone', () => ({})), ...children];
}

/** Deletions of a record that is in a list of another's, as a tag is: with it goes its link. */
function deletionsFromLists(
  mutations: Mutations,
  model: string,
  created: Root['created'],
): readonly Route[] {
  const owners = Object.values(mutations).filter(({ name }) => name.startsWith('create'));
  return owners.flatMap((owner) => {
    const type = inputOf(owner);
    const lists = associationsOf(type).filter(
      ({ isMany, put, related }) => isMany && put && related === model,
    );
    return lists.map(({ name }): Route => {
      const mutation = `delete${model}`;
      const tool = `in ${owner.name.replace('create', '')}.${name}`;
      return {
        name: `${mutation} ${tool}`,
        mutation,
        association: '',
        tool,
        async prepare(create) {
          const input = newRoot(created.type);
          const id = idAt(await create(created.mutation, { input }), ['input']);
          const list = { [name]: { put: { refs: [{ id }] } } };
          await create(owner.name, { input: { ...newRoot(type, name), ...list } });
          return { id };
        },
      };
    });
  });
}

/** The fields of the root, and the foreign keys among them. */
function ownRoutes(root: Root): readonly Route[] {
  const keys = associationsOf(root.type).filter(({ isParent }) => isParent);
  const route = (tool: string, prepare: (create: Create) => Promise<Input> | Input): Route => ({
    name: `${root.mutation} ${tool}`,
    mutation: root.mutation,
    association: '',
    tool,
    prepare: async (create) => {
      const ids = root.idArgument === null ? [] : await makeChain(create, root.created, []);
      return { ...idOf(root, ids), input: await prepare(create) };
    },
  });
  const withKey = (parent: AssociationInput) => async (create: Create) => {
    const { name } = parent;
    const { id } = await makeOther(create, root.created, parent, [name]);
    const { [name]: _parent, ...input } = newRoot(root.type);
    return { ...input, [`${name}Id`]: id };
  };
  return [
    route('fields', () => (root.isNew ? newRoot(root.type) : sample(root.type))),
    ...keys.map((parent) => route(`${parent.name}Id`, withKey(parent))),
  ];
}

/** A record on the way: an association, and how its record is reached. */
interface Step {
  readonly association: AssociationInput;
  readonly by: 'stored' | 'cast' | 'build';
}

function nestedRoutes(
  root: Root,
  type: GraphQLInputObjectType,
  steps: readonly Step[],
  isNew: boolean,
): readonly Route[] {
  return associationsOf(type).flatMap((association) => {
    if (steps.some((step) => step.association.type === association.type)) return [];
    const { cast, build } = association;
    const deeper = [
      ...(cast && !isNew ? [{ by: 'stored', entry: cast.entry } as const] : []),
      ...(cast ? [{ by: 'cast', entry: cast.entry } as const] : []),
      ...(build ? [{ by: 'build', entry: build } as const] : []),
    ];
    return [
      ...variantsOf(association, isNew).map((variant) =>
        routeOf(root, steps, association, variant),
      ),
      ...deeper.flatMap(({ by, entry }) =>
        nestedRoutes(root, entry, [...steps, { association, by }], by !== 'stored'),
      ),
    ];
  });
}

/** A use of a tool: what the association is sent, once its records are there. */
interface Variant {
  readonly tool: string;
  /** Which records it needs: one of the association, one of another owner's, or none. */
  readonly needs: 'own' | 'other' | 'none';
  readonly write: (id: string, fields: Input) => Input;
}

function variantsOf(association: AssociationInput, isNew: boolean): readonly Variant[] {
  const { cast, put, build, isMany } = association;
  const entries = (entry: Input | null) => (isMany ? { entries: entry ? [entry] : [] } : { entry });
  const refs = (ref: Input | null) => (isMany ? { refs: ref ? [ref] : [] } : { ref });
  const variants: Variant[] = [];
  const add = (tool: string, needs: Variant['needs'], write: Variant['write']) =>
    variants.push({ tool, needs, write });
  if (build) add('build', 'none', () => ({ build: isMany ? [sample(build)] : sample(build) }));
  if (cast) {
    const { entry, onReplace, relates } = cast;
    add('cast new', 'none', () => ({ cast: entries(sample(entry)) }));
    if (relates) {
      const onUnknown = 'RELATE';
      add('cast RELATE', 'other', (id) => ({
        cast: { ...entries({ ...sample(entry), id }), onUnknown },
      }));
    }
    if (!isNew) {
      add('cast stored', 'own', (id) => ({ cast: entries({ ...sample(entry), id }) }));
      if ('delete' in entry.getFields())
        add('cast delete', 'own', (id) => ({ cast: entries({ id, delete: true }) }));
      for (const value of onReplace) {
        add(`cast ${value}`, 'own', () => ({ cast: { ...entries(null), onReplace: value } }));
        if (!isMany)
          add(`cast new ${value}`, 'own', () => ({
            cast: { ...entries(sample(entry)), onReplace: value },
          }));
      }
    }
  }
  if (put) {
    for (const name of Object.keys(put.ref.getFields())) {
      add(`put by ${name}`, 'other', (id, fields) => ({
        put: refs({ [name]: name === 'id' ? id : fields[name] }),
      }));
      if (put.creates && name !== 'id')
        add(`put create by ${name}`, 'none', () => ({
          put: { ...refs({ [name]: sample(put.ref)[name] }), create: true },
        }));
    }
    if (!isNew)
      for (const value of put.onReplace)
        add(`put ${value}`, 'own', () => ({ put: { ...refs(null), onReplace: value } }));
  }
  return variants;
}

function routeOf(
  root: Root,
  steps: readonly Step[],
  association: AssociationInput,
  { tool, needs, write }: Variant,
): Route {
  const names = [...steps.map((step) => step.association.name), association.name];
  const way = steps.map(({ association: { name }, by }) => `${name} (${by})`);
  return {
    name: [root.mutation, ...way, association.name, tool].join(' '),
    mutation: root.mutation,
    association: names.join('.'),
    tool,
    async prepare(create) {
      const isStored = root.idArgument !== null;
      // A new entry comes beside what is stored only if that may be replaced.
      const kept = steps.findIndex(
        ({ association: { cast }, by }) => by === 'cast' && cast?.onReplace.length === 0,
      );
      const above = kept < 0 ? names.slice(0, -1) : names.slice(0, kept);
      const chain = root.isNew ? [] : needs === 'own' ? names : above;
      const ids = isStored ? await makeChain(create, root.created, chain) : [];
      const { id, fields } =
        needs === 'other'
          ? await makeOther(create, root.created, association, [...root.through, ...names])
          : { id: ids.at(-1) ?? '', fields: {} };
      const sent = { [association.name]: write(id, fields) };
      const top = root.isNew ? newRoot(root.type, names[0]) : {};
      return { ...idOf(root, ids), input: { ...top, ...wrap(steps, ids.slice(1), sent) } };
    },
  };
}

/** What is sent for the records on the way, down to what writes. */
function wrap(steps: readonly Step[], ids: readonly string[], sent: Input): Input {
  const [step, ...rest] = steps;
  if (!step) return sent;
  const { association, by } = step;
  const { name, isMany, cast, build } = association;
  const own = by === 'stored' ? { id: ids[0] } : sample(by === 'cast' ? cast?.entry : build);
  const child = { ...own, ...wrap(rest, ids.slice(1), sent) };
  if (by === 'build') return { [name]: { build: isMany ? [child] : child } };
  return { [name]: { cast: isMany ? { entries: [child] } : { entry: child } } };
}

function idOf({ idArgument }: Root, [id]: readonly string[]): Input {
  return idArgument === null ? {} : { [idArgument]: id };
}

/** A record that was made, and the fields that it was made of. */
interface Made {
  readonly id: string;
  readonly fields: Input;
}

/** Makes a record that an association may take in: one of another owner, or one that is only put. */
async function makeOther(
  create: Create,
  created: Root['created'],
  association: AssociationInput,
  names: readonly string[],
): Promise<Made> {
  if (isReference(association)) return makeRoot(create, association.related);
  const fields = sample(association.cast?.entry ?? association.build);
  const ids = await makeChain(create, created, names, fields);
  return { id: ids.at(-1) ?? '', fields };
}

async function makeRoot(create: Create, model: string): Promise<Made> {
  const mutation = `create${model}`;
  const fields = sample(inputOf(world.mutations[mutation]));
  return { id: idAt(await create(mutation, { input: fields }), ['input']), fields };
}

/** Makes a record with one record of each association after the other; gives their ids. */
async function makeChain(
  create: Create,
  { mutation, type }: Root['created'],
  names: readonly string[],
  leaf: Input = {},
): Promise<readonly string[]> {
  const paths: string[][] = [['input']];
  const put: string[] = [];
  const fill = (
    at: GraphQLInputObjectType,
    own: Input,
    [name, ...rest]: readonly string[],
  ): Input => {
    if (name === undefined) return { ...own, ...leaf };
    const association = associationsOf(at).find((known) => known.name === name);
    if (association && isReference(association)) {
      put.push(world.ids.get(association.related) ?? '');
      return own;
    }
    const entry = association?.build ?? association?.cast?.entry;
    if (!association || !entry) throw new Error(`${mutation} makes no ${name}`);
    paths.push([...(paths.at(-1) ?? []), name]);
    return { ...own, [name]: added(association, fill(entry, sample(entry), rest)) };
  };
  const input = fill(type, newRoot(type, names[0]), names);
  const inserted = await create(mutation, { input });
  return [...paths.map((path) => idAt(inserted, path)), ...put];
}

/** The id of the record that was inserted nearest below a path; indexes and tools do not count. */
function idAt(inserted: readonly Inserted[], path: readonly string[]): string {
  const words = (row: Inserted) =>
    row.path.filter((part) => !/^\d+$|^(cast|put|build|entries|entry)$/.test(part)).join('.');
  const found = inserted.find((row) => words(row) === path.join('.'));
  if (!found) throw new Error(`nothing was inserted at ${path.join('.')}`);
  return found.id;
}

function added({ isMany, cast, build }: AssociationInput, child = sample(build ?? cast?.entry)) {
  if (build) return { build: isMany ? [child] : child };
  return { cast: isMany ? { entries: [child] } : { entry: child } };
}

/** An association as an input names it. */
interface AssociationInput {
  readonly name: string;
  readonly type: GraphQLInputObjectType;
  readonly isMany: boolean;
  /** Whether the record holds the foreign key. */
  readonly isParent: boolean;
  readonly cast: {
    entry: GraphQLInputObjectType;
    onReplace: readonly string[];
    relates: boolean;
  } | null;
  readonly put: {
    ref: GraphQLInputObjectType;
    onReplace: readonly string[];
    creates: boolean;
  } | null;
  readonly build: GraphQLInputObjectType | null;
  /** The model of the records that are put. */
  readonly related: string;
}

/** Whether its record is only put. */
function isReference({ isMany, cast, put, build }: AssociationInput): boolean {
  return !isMany && !cast && !build && put !== null;
}

function associationsOf(record: GraphQLInputObjectType): readonly AssociationInput[] {
  const fields = record.getFields();
  return Object.values(fields).flatMap(({ name, type: sent }) => {
    const type = objectOf(sent);
    if (!type) return [];
    const tools = type.getFields();
    const cast = objectOf(tools['cast']?.type)?.getFields();
    const put = objectOf(tools['put']?.type)?.getFields();
    const built = tools['build']?.type;
    const entry = objectOf((cast?.['entries'] ?? cast?.['entry'])?.type);
    const ref = objectOf((put?.['refs'] ?? put?.['ref'])?.type);
    const isList = built !== undefined && isListType(getNullableType(built));
    return {
      name,
      type,
      isMany: isList || cast?.['entries'] !== undefined || put?.['refs'] !== undefined,
      isParent: `${name}Id` in fields,
      cast:
        cast && entry ? { entry, onReplace: replacing(cast), relates: 'onUnknown' in cast } : null,
      put: put && ref ? { ref, onReplace: replacing(put), creates: 'create' in put } : null,
      build: objectOf(built) ?? null,
      related: ref?.name.replace(/Ref$/, '') ?? '',
    };
  });
}

type InputFields = ReturnType<GraphQLInputObjectType['getFields']>;

function objectOf(type: GraphQLInputType | undefined): GraphQLInputObjectType | undefined {
  const named = type && getNamedType(type);
  return isInputObjectType(named) ? named : undefined;
}

/** The values of onReplace that write. */
function replacing({ onReplace }: InputFields): readonly string[] {
  const type = onReplace && getNamedType(onReplace.type);
  const values = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
  return values.filter((name) => name !== 'MARK_AS_INVALID');
}

/** A new root record, with the parents that it may need. */
function newRoot(type: GraphQLInputObjectType, except?: string): Input {
  const parents = associationsOf(type).flatMap((association) =>
    association.isParent && association.name !== except && !isReference(association)
      ? [[association.name, added(association)] as const]
      : [],
  );
  return { ...sample(type), ...Object.fromEntries(parents) };
}

let samples = 0;

/** Values of a record's own fields, new ones each time, and the records that it may not be without. */
function sample(type: GraphQLInputObjectType | null | undefined): Input {
  if (!type) return {};
  const fields = Object.values(type.getFields()).flatMap(({ name, type: sent }) => {
    const named = getNamedType(sent);
    const isOwn = !isInputObjectType(named) && !['id', 'lockVersion', 'delete'].includes(name);
    return isOwn && named.name !== 'ID' ? [[name, sampleOf(named)] as const] : [];
  });
  const records = associationsOf(type).flatMap((association): [string, Input][] => {
    const { name, related } = association;
    if (isReference(association)) return [[name, { put: { ref: { id: world.ids.get(related) } } }]];
    return world.filled.includes(name) ? [[name, added(association)]] : [];
  });
  return Object.fromEntries([...fields, ...records]);
}

function sampleOf(type: GraphQLNamedType): unknown {
  samples += 1;
  if (isEnumType(type)) return type.getValues()[samples % type.getValues().length]?.name;
  switch (type.name) {
    case 'String':
      return `v${samples}`;
    case 'Boolean':
      return samples % 2 === 0;
    case 'DateTime':
      return new Date(samples * 1_000).toISOString();
    case 'JSON':
      return { sample: samples };
    case 'Decimal':
      return `${samples % 1_000}.50`;
    case 'Bytes':
      return Buffer.from(`v${samples}`).toString('base64');
    default:
      return samples;
  }
}
