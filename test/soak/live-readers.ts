import { createClient } from 'graphql-sse';

/** What a reader of a post ends with, and what it has seen on its way. */
export type Reader = {
  readonly post: string;
  /** The post as it was delivered last; null where it is gone. */
  readonly last: () => PostNow | null;
  /** The changes that were delivered more than once. */
  readonly doubled: readonly string[];
  readonly deliveries: () => number;
  /** How often it had to begin anew. */
  readonly restarts: () => number;
  readonly stop: () => void;
};

/** A post as readers and the database tell of it. */
export type PostNow = {
  readonly title: string;
  readonly comments: readonly { readonly id: string; readonly body: string }[];
};

type Delivery = {
  readonly postChanged: {
    readonly post: PostNow | null;
    readonly changeset: { readonly operations: readonly Operation[] } | null;
  };
};

type Operation = {
  readonly type: string;
  readonly recordId: string;
  readonly changes: readonly { readonly field: string; readonly to: unknown }[];
};

const query = `subscription ($id: ID!) {
  postChanged(id: $id) {
    post { title comments { id body } }
    changeset { operations { type recordId changes { field to } } }
  }
}`;

/** Reads a post, from another service whenever it is cut off, until it is stopped. */
export function startReader(post: string, url: () => string): Reader {
  const seen = new Set<string>();
  const doubled: string[] = [];
  let last: PostNow | null = null;
  let deliveries = 0;
  let restarts = -1;
  const client = createClient({
    url: () => `${url()}/graphql`,
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: () => new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 200)),
    on: {
      connecting() {
        restarts += 1;
      },
    },
  });
  const stop = client.subscribe<Delivery>(
    { query, variables: { id: post } },
    {
      next({ data, errors }) {
        if (errors || !data) return;
        deliveries += 1;
        const { post: now, changeset } = data.postChanged;
        last = now;
        if (!changeset) return;
        const change = JSON.stringify(changeset.operations);
        if (seen.has(change)) doubled.push(change);
        seen.add(change);
      },
      error(error) {
        doubled.push(`ended: ${String(error)}`);
      },
      complete() {},
    },
  );
  return {
    post,
    last: () => last,
    doubled,
    deliveries: () => deliveries,
    restarts: () => Math.max(restarts, 0),
    stop() {
      stop();
      client.dispose();
    },
  };
}
