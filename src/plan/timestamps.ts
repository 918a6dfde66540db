import type { Model } from '../model/model.ts';
import type { Values } from '../model/value.ts';

/** What an insert sets beside its values: its updatedAt, if the database does not make it. */
export function insertStamps(model: Model, values: Values, now: Date): Values {
  const { updatedAt } = model;
  if (updatedAt === null || updatedAt in values) return {};
  return model.fields.get(updatedAt)?.generated ? {} : { [updatedAt]: now };
}

/** What an update sets beside its changes: its updatedAt. Its version it raises. */
export function updateStamps(model: Model, changes: Values, now: Date): Values {
  const { updatedAt } = model;
  return updatedAt === null || updatedAt in changes ? {} : { [updatedAt]: now };
}

/**
 * The version field that an update raises by one; null if its changes set it, or the model has
 * none.
 */
export function raisedVersion(model: Model, changes: Values): string | null {
  const { version } = model;
  return version !== null && version in changes ? null : version;
}
