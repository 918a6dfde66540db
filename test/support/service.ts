import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { afterAll, beforeAll } from 'vitest';
import { type Config, readConfig } from '../../src/server/config.ts';
import { type Service, startService } from '../../src/server/start.ts';
import type { TestDatabase } from './database.ts';
import { wideLimits } from './limits.ts';
import { startProcess } from './process.ts';
import { writing } from './write-way.ts';

/** A GraphQL answer as a front end gets it. */
export type Answer<Data> = {
  readonly status: number;
  /** Seconds, where the header gives them. */
  readonly retryAfter?: string;
  readonly data: Data;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
};

/** A document made by `graphql(…)` of test/generated/gql.ts, or its text. */
export type Document<Data, Variables> = DocumentTypeDecoration<Data, Variables> & {
  toString(): string;
};

/** The real service on a free port, spoken to over HTTP. */
export type TestService = {
  readonly url: string;
  /** Sends one GraphQL request; what the types say comes from the document. */
  readonly send: <Data, Variables>(
    document: Document<Data, Variables>,
    ...variables: Variables extends Record<string, never> ? [] : [Variables]
  ) => Promise<Answer<Data>>;
  /** As `send`, for a request that the types do not allow. */
  readonly sendText: (
    text: string,
    variables?: Readonly<Record<string, unknown>>,
  ) => Promise<Answer<unknown>>;
};

/**
 * Starts the service on a worker's database for one test file: `const service =
 * useService(useDatabase());`. With `SERVICE=process` each service that has no settings of its own
 * is a process of its own, compiled by who runs the tests.
 */
export function useService(database: Reached, settings?: Partial<Config>): TestService {
  let service: Pick<Service, 'url' | 'stop'> | undefined;
  beforeAll(async () => {
    const isApart = settings === undefined && process.env['SERVICE'] === 'process';
    service = await (isApart ? startApart(database) : startHere(database, settings));
  });
  afterAll(() => service?.stop());
  const url = () => {
    if (service === undefined) throw new Error('the service does not run yet');
    return service.url;
  };
  return {
    get url() {
      return url();
    },
    send: (document, ...[variables]) => post(url(), document.toString(), variables ?? {}),
    sendText: (text, variables = {}) => post(url(), text, variables),
  };
}

type Reached = Pick<TestDatabase, 'url' | 'directUrl'>;

function startHere({ url, directUrl }: Reached, settings: Partial<Config> = {}): Promise<Service> {
  const config = readConfig({});
  return startService({
    ...config,
    limits: { ...config.limits, ...wideLimits },
    ...writing,
    port: 0,
    databaseUrl: url,
    directUrl,
    migrateOnStart: false,
    logLevel: 'silent',
    metrics: false,
    dataFolder: '/nowhere',
    ...settings,
  });
}

async function startApart({ url, directUrl }: Reached): Promise<Pick<Service, 'url' | 'stop'>> {
  const wide = ['POOL', 'LOCK', 'STATEMENT', 'TRANSACTION', 'REQUEST', 'HEAD', 'RECEIVE', 'SEND'];
  const {
    url: own,
    kill,
    exit,
  } = await startProcess({
    DATABASE_URL: url,
    DIRECT_URL: directUrl,
    MIGRATE_ON_START: 'false',
    LOG_LEVEL: 'fatal',
    METRICS: 'false',
    ...Object.fromEntries(wide.map((name) => [`${name}_TIMEOUT`, `${wideLimits.poolTimeout}`])),
    ...(writing.writeWay && { WRITE_WAY: writing.writeWay }),
  });
  return {
    url: own,
    async stop() {
      kill('SIGKILL');
      await exit;
    },
  };
}

/**
 * Posts one GraphQL request to a service at `url`, which `signal` may give up. The type of the data is
 * the caller's claim.
 */
export async function post<Data>(
  url: string,
  query: string,
  variables: object = {},
  signal: AbortSignal | null = null,
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    // A connection kept alive may end just as it is used again.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  const body = (await response.json()) as Pick<Answer<Data>, 'data' | 'errors'>;
  const retryAfter = response.headers.get('retry-after');
  return {
    status: response.status,
    ...(retryAfter !== null && { retryAfter }),
    ...body,
  };
}
