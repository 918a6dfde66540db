import fc from 'fast-check';
import { expect, test } from 'vitest';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { OnReplace } from '../../src/model/model.ts';
import type { Assocs, Struct } from '../../src/model/struct.ts';
import { buildStruct, loadStruct, oneOrMany, withAssoc } from '../../src/model/struct.ts';
import type { Value } from '../../src/model/value.ts';
import type { Planned } from '../../src/plan/plan-write.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { modelOf, modelsWith } from '../support/core.ts';
import { holds } from '../support/holds.ts';
import { postPuts } from './input.ts';
import { make, notMisuse, putAll, scenarios } from './play.ts';

/*
 * What holds where a foreign key is named more than once, an association is set twice, or what is
 * replaced was only held.
 */

const models = modelsWith({ 'Note.post': { onReplace: 'nilify' } });

const storedPost = (id: bigint, assocs: Assocs = {}) =>
  loadStruct(modelOf(models, 'Post'), { id, title: `post ${id}` }, assocs);
const newPost = (title: string, assocs: Assocs = {}): Struct => ({
  ...buildStruct(modelOf(models, 'Post'), { title }),
  assocs,
});

/** A post by its key, a new one, or none; undefined where nothing is said of it. */
type Named = bigint | 'new' | null | undefined;

const key = fc.constantFrom(7n, 8n);
const anyNote = fc.record({
  stored: fc.boolean(),
  data: fc.option(key),
  changed: fc.constantFrom(undefined, null, 7n, 8n),
  owner: fc.constantFrom<Named>(undefined, undefined, 7n, 8n, 'new'),
  parent: fc.constantFrom<Named>(undefined, null, 7n, 8n, 'new'),
  isHeld: fc.boolean(),
});

type AnyNote = typeof anyNote extends fc.Arbitrary<infer T> ? T : never;

/** The plan of a note; null where it is refused. */
function planNote(one: AnyNote): Planned | null {
  const { stored, data, changed, owner, parent } = one;
  const fields = { body: 'x', post_id: data };
  const value =
    typeof parent === 'bigint' ? storedPost(parent) : parent === 'new' ? newPost('parent') : null;
  const current = data === null ? null : storedPost(data);
  const held = !stored && one.isHeld && parent !== undefined;
  const record = stored
    ? loadStruct(modelOf(models, 'Note'), { id: 30n, ...fields }, { post: current })
    : buildStruct(modelOf(models, 'Note'), fields);
  const note = held ? withAssoc(record, 'post', value) : record;
  const start = change(note, changed === undefined ? {} : { post_id: changed });
  const changeset = parent === undefined || held ? start : putAssoc(start, 'post', value);
  if (owner === undefined || owner === null) return notMisuse(() => planWrite(changeset));
  const notes = stored && owner === data ? [note] : [];
  const owning = owner === 'new' ? newPost('owner') : storedPost(owner, { notes });
  return notMisuse(() => planWrite(putAssoc(change(owning), 'notes', [changeset])));
}

/** The post to which a plan points the note: its key, or the title of a new one. */
function keyOf({ plan, newRows }: Planned, { data }: AnyNote): Value {
  const note = plan.operations.find(({ model }) => model === 'Note');
  if (note?.action !== 'insert' && note?.action !== 'update') return data;
  const [reference] = note.references;
  if (reference) return newRows[reference.to]?.data.fields['title'] ?? null;
  if (note.action === 'insert') return note.values['post_id'] ?? null;
  const { post_id: to = data } = note.changes;
  return to;
}

test('a foreign key that data, change, owner and belongs_to name is the one they agree on, or refused', async () => {
  const law = (one: AnyNote) => {
    const { stored, data, changed, owner, parent } = one;
    const said = owner === 'new' ? 'owner' : (owner ?? changed);
    // A stored record's own key is not named by anybody; a new one's is.
    const isSame = said === undefined || said === data;
    const settled = isSame ? (stored ? undefined : (data ?? undefined)) : said;
    const isIgnored = (stored && parent === data) || (!stored && one.isHeld && parent === null);
    const named = isIgnored ? undefined : parent === 'new' ? 'parent' : parent;
    const agree = settled === undefined || named === undefined || settled === named;
    const plan = planNote(one);
    if (!agree) expect(plan).toBeNull();
    else {
      const expected = named === undefined ? settled : named;
      expect(plan && keyOf(plan, one)).toEqual(expected === undefined ? data : expected);
    }
  };
  await holds(anyNote, law, { numRuns: 1000 });
});

test('an association that is set twice is as the second time sets it, the others as they were', async () => {
  const cases = fc.record({ scenario: scenarios, again: postPuts });
  await holds(cases, ({ scenario, again }) => {
    if (scenario.tool.root !== 'Post') return;
    const { models: ruled, root, changeset: first } = make(scenario);
    const source = { models: ruled, rows: scenario.rows };
    const alone = notMisuse(() => putAll(change(root), again, source));
    if (first === null || !alone?.valid) return;
    const twice = putAll(first, again, source);
    for (const name of root.model.associations.keys()) {
      const expected = name in again ? alone : first;
      expect(twice.assocs[name], name).toEqual(expected.assocs[name]);
    }
  });
});

const holders = [
  ['Note', 'post', 'Post'],
  ['Post', 'permalink', 'Permalink'],
  ['Post', 'notes', 'Note'],
  ['Post', 'tags', 'Tag'],
] as const;
const state = fc.constantFrom('new', 'stored');

test('a record that is held and replaced is written at most once, and never where it is new', async () => {
  const cases = fc.record({
    holder: fc.constantFrom(...holders),
    ownerState: state,
    held: fc.array(state, { maxLength: 2 }),
    putKeys: fc.uniqueArray(fc.constantFrom(1n, 2n, 90n), { maxLength: 2 }),
    onReplace: fc.constantFrom<OnReplace>('nilify', 'delete'),
  });
  await holds(cases, ({ holder, ownerState, held, putKeys, onReplace }) => {
    const [ownerName, name, related] = holder;
    const rule = name === 'tags' ? 'delete' : onReplace;
    const ruled = modelsWith({ [`${ownerName}.${name}`]: { onReplace: rule } });
    const record = (model: string, kind: string, id: bigint) =>
      kind === 'new'
        ? buildStruct(modelOf(ruled, model))
        : loadStruct(modelOf(ruled, model), { id, post_id: 7n });
    const owner = record(ownerName, ownerState, 7n);
    const association = owner.model.associations.get(name);
    if (!association) throw new Error(name);
    const current = held.map((one, i) => record(related, one, BigInt(i + 1)));
    const values = putKeys.map((id) => ({ id }));
    const changeset = notMisuse(() =>
      putAssoc(
        change(withAssoc(owner, name, oneOrMany(association, current))),
        name,
        oneOrMany(association, values),
      ),
    );
    const plan = changeset && notMisuse(() => planWrite(changeset).plan);
    if (!plan) return;
    const writes = plan.operations.filter(
      ({ model, path, action }) => model === related && path.length > 0 && action !== 'unchanged',
    );
    const keys = writes.flatMap(({ action, row }) =>
      action !== 'link' && 'key' in row ? [row.key['id']] : [],
    );
    expect(new Set(keys).size).toBe(keys.length);
    const entries = changeset.assocs[name]?.entries ?? [];
    const added = entries.filter((entry) => !entry.current);
    const inserts = writes.filter(({ action }) => action === 'insert');
    expect(inserts).toHaveLength(added.length);
  });
});
