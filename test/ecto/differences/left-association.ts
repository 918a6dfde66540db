import type { Has } from '../../../src/model/model.ts';
import type { Value } from '../../../src/model/value.ts';
import { type Action, hasOwnChanges, stepsOf } from './action-steps.ts';
import type { Difference, Facts } from './difference.ts';
import type { Expectation, Rows } from '../case.ts';
import { textOf } from '../json.ts';
import { currentRows } from './visits.ts';

/** Rule 8: another session gave a loaded child to another owner. */
export const leftAssociation: Difference = {
  rule: 8,
  reason:
    'a row that left the association after the preload is stale and never written (Ecto writes it by its id alone)',
  instead(facts) {
    const { expected, before, recorded } = facts;
    if (expected.status !== 'ok') return null;
    const all = changedHas(facts).flatMap((change) => staleWrites(facts, change));
    const [stale] = all;
    if (!stale) return null;
    if (recorded.operation.repo_opts?.allow_stale) return unwritten(facts, all);
    const { verb, model, id } = stale;
    return {
      status: 'raises',
      exception: 'Ecto.StaleEntryError',
      message: `attempted to ${verb} a stale struct: %${model}{id: ${textOf(id)}}`,
      raisedIn: 'repo',
      rows: before,
    };
  },
};

/** What is expected where stale rows are passed over: they stay as another session left them. */
function unwritten({ expected, before, models }: Facts, stale: readonly StaleWrite[]): Expectation {
  const writes = [...(expected.writes ?? [])];
  const rows: { [table: string]: Rows[string] } = { ...expected.rows };
  for (const { verb, model, id } of stale) {
    const table = models.get(model)?.table ?? '';
    const write = `${verb.toUpperCase()},${table}`;
    const at = writes.findIndex((other) => other.join() === write);
    if (at >= 0) writes.splice(at, 1);
    rows[table] = [
      ...(rows[table] ?? []).filter((row) => row['id'] !== id),
      ...(before[table] ?? []).filter((row) => row['id'] === id),
    ];
  }
  return { ...expected, writes, ...(expected.rows && { rows }) };
}

/** A has_many or has_one that the recorded changeset changes. */
interface HasChange {
  readonly owner: Action;
  readonly association: Has;
  readonly entries: readonly Action[];
}

function changedHas(facts: Facts): readonly HasChange[] {
  const { expected, models } = facts;
  const steps = stepsOf(facts);
  return (expected.actions ?? []).flatMap((owner) => {
    const all = [...(models.get(owner.model)?.associations.values() ?? [])];
    return all.flatMap((association) => {
      if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
        return [];
      }
      const entries = steps
        .filter((step) => step.owner === owner && step.association === association)
        .map((step) => step.entry);
      const emptied = owner.changes[association.name] === null;
      return entries.length > 0 || emptied ? [{ owner, association, entries }] : [];
    });
  });
}

interface StaleWrite {
  readonly verb: 'update' | 'delete';
  readonly model: string;
  readonly id: Value;
}

/** What a change does to rows that have another owner now. */
function staleWrites(
  { loaded, before }: Facts,
  { owner, association, entries }: HasChange,
): readonly StaleWrite[] {
  const { related, rules, cardinality } = association;
  const [key = ''] = association.relatedKey;
  const owned = currentRows(association, Number(owner.id), loaded);
  return owned.flatMap((row) => {
    const id = row['id'] ?? null;
    const now = (before[related.table] ?? []).find((item) => item['id'] === id);
    if (!now || now[key] === row[key]) return [];
    const entry = entries.find((item) => item.id === id);
    // Of a to-one the record that is replaced is not recorded; a record of a to-many that is not
    // recorded was not loaded.
    const replaced = entry ? entry.action === 'replace' : cardinality === 'one';
    if (entry?.action === 'update' && !hasOwnChanges(entry)) return [];
    if (!entry && !replaced) return [];
    const keeps = rules.onReplace === 'nilify' || rules.onReplace === 'update';
    const deletes = replaced ? !keeps : entry?.action === 'delete';
    return [{ verb: deletes ? 'delete' : 'update', model: related.name, id }];
  });
}
