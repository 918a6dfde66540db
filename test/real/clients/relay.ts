import {
  Environment,
  Network,
  RecordSource,
  type RecordSourceSelectorProxy,
  Store,
} from 'relay-runtime';
import { type RecordName, removalsOf } from './removals.ts';

/** Relay for the service at `url`, and the updater that its mutations take. */
export function makeRelay(url: string) {
  const nodeIds = new Map<string, string>();
  const environment = new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(async ({ text }, variables) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: text, variables });
      return (await fetch(url, { method: 'POST', headers, body })).json();
    }),
    // By `id`, as Relay has it, Post 7 and Comment 7 would be one record.
    getDataID({ nodeId, id }, __typename) {
      if (nodeId && id) nodeIds.set(textOf({ __typename, id }), nodeId);
      return nodeId;
    },
  });

  const updater = (store: RecordSourceSelectorProxy, data: object | null | undefined): void => {
    const find = (name: RecordName) => store.get(nodeIds.get(textOf(name)) ?? '');
    for (const { owner, field, isList, record } of removalsOf(data)) {
      const gone = find(record);
      if (!gone) continue;
      if (owner === 'Query') {
        store.delete(gone.getDataID());
        continue;
      }
      const from = find(owner);
      if (isList) {
        const rest = from?.getLinkedRecords(field)?.filter((item) => item !== gone);
        if (rest) from?.setLinkedRecords(rest, field);
      } else if (from?.getLinkedRecord(field) === gone) from.setValue(null, field);
    }
  };
  return { environment, updater };
}

const textOf = ({ __typename, id }: RecordName) => `${__typename}:${id}`;
