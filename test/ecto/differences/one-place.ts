import { type Action, hasOwnChanges, stepsOf } from './action-steps.ts';
import { type Difference, type Facts, invalid } from './difference.ts';

/** Rule 13: one stored row is changed in two places of a request. */
export const onePlace: Difference = {
  rule: 13,
  reason: 'a row is changed in one place of a request only (Ecto writes it in each)',
  instead(facts) {
    if (facts.expected.status !== 'ok') return null;
    const errors = claims(facts)
      .filter((action, i, all) => all.findIndex(isRowOf(action)) < i)
      .map(({ path }) => ({
        path,
        message: 'is changed in another place of this request',
      }));
    if (errors.length === 0) return null;
    return { ...invalid(facts, errors), actions: facts.expected.actions };
  },
};

/** The stored rows that a place of the request decides on: those it changes, and every child. */
function claims(facts: Facts): readonly Action[] {
  return stepsOf(facts)
    .filter(({ association: { kind }, entry }) => {
      if (entry.action !== 'update') return false;
      return kind === 'hasOne' || kind === 'hasMany' || hasOwnChanges(entry);
    })
    .map(({ entry }) => entry);
}

function isRowOf(action: Action): (other: Action) => boolean {
  return ({ model, id }) => model === action.model && id === action.id;
}
