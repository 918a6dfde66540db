import type { Domain } from '../../domain/domain.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import type { BeforeCommit } from '../../mutation/commit-hooks.ts';
import type { Request } from '../../mutation/request.ts';
import { tag, untag } from '../../mutation/idempotency/tagged-json.ts';
import { touchedRecords } from '../../mutation/touched.ts';
import { sendMessage } from '../../repo/channel/message.ts';
import { giveWay } from '../../repo/give-way.ts';
import type { Parts } from '../parts.ts';
import { type OperationPayload, operationsOf } from '../result/changeset-payload.ts';
import { shownPlan } from '../result/result-paths.ts';

/**
 * Tells all processes of a write, where it touches records that subscriptions watch: which ones, and
 * what is done, as the answer to the mutation shows it.
 */
export function tellChange(
  { domain, watches }: Pick<Parts, 'domain' | 'watches'>,
  channel: string,
  request: Request,
): BeforeCommit {
  return async (tx, success, operations) => {
    const topics = new Set<string>();
    for (const watch of watches.values()) {
      const touched = await touchedRecords(tx, watch, operations, domain.models);
      touched.forEach((topic) => topics.add(topic));
    }
    if (topics.size === 0) return;
    await giveWay(operations.length);
    const shown = operationsOf(domain, { ...success, plan: shownPlan(request, success.plan) });
    const data = tag(shown.map((operation) => ({ ...operation, model: operation.model.name })));
    await giveWay(operations.length);
    await sendMessage(tx, channel, { topics: [...topics], data });
  };
}

/** The operations of a change that was told. */
export function readChange({ models }: Domain, data: unknown): readonly OperationPayload[] {
  // What the channel carries is what `tellChange` has sent.
  const told = untag(data) as readonly (Omit<OperationPayload, 'model'> & { model: string })[];
  return told.map((operation) => ({ ...operation, model: getModel(models, operation.model) }));
}
