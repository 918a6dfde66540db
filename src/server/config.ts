import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type MutationLimits, standardMutationLimits } from 'prisma-assoc/mutation';
import { type WriteWay, writeWays } from 'prisma-assoc';
import { type Limits, standardLimits, withParameter } from 'prisma-assoc/postgres';
import { authProblem, type AuthSettings, authSettings, readAuth } from './auth/auth-settings.ts';
import { type HttpLimits, standardHttpLimits } from './http/http-limits.ts';
import { type DocumentLimits, standardDocumentLimits } from './limits/document-limits.ts';
import { count, databaseAddress, delay, flag, list, port, time } from './setting.ts';

/** The service's settings, checked. */
export type Config = {
  /** TCP port of HTTP; 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Names the service may be called by, in lower case, beside loopback names and addresses. */
  readonly hostNames: readonly string[];
  /** Other origins whose pages may call the service: `https://app.example`, or `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Where the page for people lies that is shown at `/`; null for none. */
  readonly pageFolder: string | null;
  /** Whether browsers get GraphiQL. */
  readonly graphiql: boolean;
  /** Whether clients may read the schema: introspection, suggestions in errors, /schema.graphql. */
  readonly introspection: boolean;
  /** Absent: the embedded PostgreSQL is started. */
  readonly databaseUrl?: string;
  /** The same database without a pooler, where what needs a session goes: migrations, LISTEN. */
  readonly directUrl?: string;
  /** Whether pending migrations are applied at start. */
  readonly migrateOnStart: boolean;
  /** Whose tokens are taken; null where everybody may write. */
  readonly auth: AuthSettings | null;
  readonly logLevel: LogLevel;
  /** Statements that take so many ms are logged; 0: none is. */
  readonly slowStatement: number;
  /** Whether there are metrics. */
  readonly metrics: boolean;
  /** TCP port of the metrics, if it is one of their own; 0 takes a free one. */
  readonly metricsPort?: number;
  /** Absolute; where the embedded PostgreSQL keeps its data. */
  readonly dataFolder: string;
  /** What may be taken of the database, and for how long. */
  readonly limits: Limits & MutationLimits;
  /** How the rows of a mutation are written. */
  readonly writeWay: WriteWay;
  /** Whether subscriptions are told of writes. */
  readonly live: boolean;
  readonly documentLimits: DocumentLimits;
  readonly httpLimits: HttpLimits;
  /** How long requests are still taken after SIGTERM, in ms. */
  readonly drainDelay: number;
  /** How long requests that are under way at a stop may take to end, in ms. */
  readonly shutdownTimeout: number;
};

/** How much is logged, from least to most. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** What keeps the service from starting, in one line for the person who starts it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const projectFolder = join(import.meta.dirname, '../..');

/**
 * Reads the settings from environment variables; one that is empty counts as not set.
 *
 * @throws StartError that names every wrong one.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  const { success, data, error } = settings.safeParse(Object.fromEntries(set));
  if (!success) {
    throw new StartError(error.issues.map(({ message }) => message).join('; '));
  }
  const isProduction = data.NODE_ENV === 'production';
  return {
    port: data.PORT,
    host: data.HOST,
    hostNames: [...data.HOSTS, data.HOST].map((name) => name.toLowerCase()),
    corsOrigins: data.CORS_ORIGINS,
    pageFolder: data.PAGE ? join(projectFolder, 'dist/web') : null,
    graphiql: data.GRAPHIQL ?? !isProduction,
    introspection: data.INTROSPECTION ?? !isProduction,
    ...addressesOf(data),
    migrateOnStart: data.MIGRATE_ON_START,
    auth: readAuth(data),
    logLevel: data.LOG_LEVEL,
    slowStatement: data.SLOW_STATEMENT,
    metrics: data.METRICS,
    ...(data.METRICS_PORT === undefined ? {} : { metricsPort: data.METRICS_PORT }),
    dataFolder: resolve(projectFolder, data.DATA_FOLDER),
    limits: {
      poolSize: data.POOL_SIZE,
      poolTimeout: data.POOL_TIMEOUT,
      lockTimeout: data.LOCK_TIMEOUT,
      statementTimeout: data.STATEMENT_TIMEOUT,
      transactionTimeout: data.TRANSACTION_TIMEOUT,
      maxEntries: data.MAX_ENTRIES,
      maxTotalEntries: data.MAX_TOTAL_ENTRIES,
      maxRows: data.MAX_ROWS,
      idempotencyTtl: data.IDEMPOTENCY_TTL,
    },
    writeWay: data.WRITE_WAY,
    live: data.LIVE,
    documentLimits: {
      maxTokens: data.MAX_TOKENS,
      maxNesting: data.MAX_NESTING,
      maxDepth: data.MAX_DEPTH,
      maxFields: data.MAX_FIELDS,
      maxRootFields: data.MAX_ROOT_FIELDS,
      maxAliases: data.MAX_ALIASES,
      maxDirectives: data.MAX_DIRECTIVES,
      maxSpreads: data.MAX_SPREADS,
      maxVariableValues: data.MAX_VARIABLE_VALUES,
      maxReadValues: data.MAX_READ_VALUES,
      maxText: data.MAX_TEXT,
      maxCost: data.MAX_COST,
    },
    httpLimits: {
      maxBody: data.MAX_BODY,
      maxPersisted: data.MAX_PERSISTED,
      maxRequests: data.MAX_REQUESTS,
      maxPipelined: data.MAX_PIPELINED,
      headTimeout: data.HEAD_TIMEOUT,
      receiveTimeout: data.RECEIVE_TIMEOUT,
      requestTimeout: data.REQUEST_TIMEOUT,
      sendTimeout: data.SEND_TIMEOUT,
      maxStreams: data.MAX_STREAMS,
      streamTimeout: data.STREAM_TIMEOUT,
      stallTimeout: data.STALL_TIMEOUT,
    },
    drainDelay: data.DRAIN_DELAY ?? (isProduction ? 5_000 : 0),
    shutdownTimeout: data.SHUTDOWN_TIMEOUT,
  };
}

const ORIGINS_FORM =
  'CORS_ORIGINS must be origins with commas between, as https://app.example, or *';
const HOSTS_FORM = 'HOSTS must be host names without ports, with commas between, as blog.example';

const standard = { ...standardLimits, ...standardMutationLimits };
const http = standardHttpLimits;
const document = standardDocumentLimits;
const MANY = 1_000_000;
const DAY = 86_400_000;

const settings = z
  .object({
    PORT: port('PORT').default(4000),
    HOST: z.string().default('127.0.0.1'),
    HOSTS: list(isHostName, HOSTS_FORM),
    CORS_ORIGINS: list(isOrigin, ORIGINS_FORM),
    NODE_ENV: z.string().optional(),
    PAGE: flag('PAGE').default(true),
    GRAPHIQL: flag('GRAPHIQL').optional(),
    INTROSPECTION: flag('INTROSPECTION').optional(),
    DATABASE_URL: databaseAddress('DATABASE_URL').optional(),
    DIRECT_URL: databaseAddress('DIRECT_URL').optional(),
    PGBOUNCER: z
      .enum(['true', 'false', 'named'], 'PGBOUNCER must be true, false or named')
      .optional(),
    MIGRATE_ON_START: flag('MIGRATE_ON_START').default(true),
    ...authSettings,
    LOG_LEVEL: z
      .enum(LOG_LEVELS, `LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`)
      .default('info'),
    SLOW_STATEMENT: delay('SLOW_STATEMENT').default(1_000),
    METRICS: flag('METRICS').default(true),
    METRICS_PORT: port('METRICS_PORT').optional(),
    DATA_FOLDER: z.string().default('.data'),
    WRITE_WAY: z
      .enum(writeWays, `WRITE_WAY must be one of ${writeWays.join(', ')}`)
      .default('auto'),
    LIVE: flag('LIVE').default(true),
    POOL_SIZE: count('POOL_SIZE', 1_000, standard.poolSize),
    POOL_TIMEOUT: time('POOL_TIMEOUT', standard.poolTimeout),
    LOCK_TIMEOUT: time('LOCK_TIMEOUT', standard.lockTimeout),
    STATEMENT_TIMEOUT: time('STATEMENT_TIMEOUT', standard.statementTimeout),
    TRANSACTION_TIMEOUT: time('TRANSACTION_TIMEOUT', standard.transactionTimeout),
    REQUEST_TIMEOUT: time('REQUEST_TIMEOUT', http.requestTimeout),
    HEAD_TIMEOUT: time('HEAD_TIMEOUT', http.headTimeout),
    RECEIVE_TIMEOUT: time('RECEIVE_TIMEOUT', http.receiveTimeout),
    SEND_TIMEOUT: time('SEND_TIMEOUT', http.sendTimeout),
    STREAM_TIMEOUT: time('STREAM_TIMEOUT', http.streamTimeout),
    STALL_TIMEOUT: time('STALL_TIMEOUT', http.stallTimeout),
    DRAIN_DELAY: delay('DRAIN_DELAY').optional(),
    SHUTDOWN_TIMEOUT: time('SHUTDOWN_TIMEOUT', 10_000),
    IDEMPOTENCY_TTL: time('IDEMPOTENCY_TTL', standard.idempotencyTtl, 365 * DAY),
    MAX_ENTRIES: count('MAX_ENTRIES', 30_000, standard.maxEntries),
    MAX_TOTAL_ENTRIES: count('MAX_TOTAL_ENTRIES', 30_000, standard.maxTotalEntries),
    MAX_ROWS: count('MAX_ROWS', 1_000_000, standard.maxRows),
    MAX_BODY: count('MAX_BODY', 1_000_000_000, http.maxBody),
    MAX_PERSISTED: count('MAX_PERSISTED', 1_000_000_000, http.maxPersisted, 0),
    MAX_REQUESTS: count('MAX_REQUESTS', MANY, http.maxRequests),
    MAX_PIPELINED: count('MAX_PIPELINED', MANY, http.maxPipelined),
    MAX_STREAMS: count('MAX_STREAMS', MANY, http.maxStreams),
    MAX_TOKENS: count('MAX_TOKENS', MANY, document.maxTokens),
    // What reads documents and variables goes as deep as they do.
    MAX_NESTING: count('MAX_NESTING', 200, document.maxNesting),
    MAX_DEPTH: count('MAX_DEPTH', MANY, document.maxDepth),
    MAX_FIELDS: count('MAX_FIELDS', MANY, document.maxFields),
    MAX_ROOT_FIELDS: count('MAX_ROOT_FIELDS', MANY, document.maxRootFields),
    MAX_ALIASES: count('MAX_ALIASES', MANY, document.maxAliases),
    MAX_DIRECTIVES: count('MAX_DIRECTIVES', MANY, document.maxDirectives),
    MAX_SPREADS: count('MAX_SPREADS', MANY, document.maxSpreads),
    MAX_VARIABLE_VALUES: count('MAX_VARIABLE_VALUES', 100_000_000, document.maxVariableValues),
    MAX_READ_VALUES: count('MAX_READ_VALUES', MANY, document.maxReadValues),
    MAX_TEXT: count('MAX_TEXT', 1_000_000_000, document.maxText),
    MAX_COST: count('MAX_COST', 1_000_000_000, document.maxCost),
  })
  // A mutation that lost its connection during COMMIT looks its key up later.
  .refine((data) => data.IDEMPOTENCY_TTL > data.TRANSACTION_TIMEOUT, {
    message: 'IDEMPOTENCY_TTL must be longer than TRANSACTION_TIMEOUT',
    when: ({ issues }) => issues.length === 0,
  })
  .superRefine((data, context) => {
    const problem = authProblem(data);
    if (problem !== undefined) context.addIssue(problem);
  });

function addressesOf(data: z.infer<typeof settings>): Pick<Config, 'databaseUrl' | 'directUrl'> {
  const { DATABASE_URL: url, PGBOUNCER: pgbouncer } = data;
  if (url === undefined) return {};
  const databaseUrl = pgbouncer === undefined ? url : withParameter(url, 'pgbouncer', pgbouncer);
  return { databaseUrl, directUrl: data.DIRECT_URL ?? databaseUrl };
}

function isOrigin(value: string): boolean {
  if (value === '*') return true;
  return URL.canParse(value) && new URL(value).origin === value;
}

function isHostName(value: string): boolean {
  return /^[a-z\d_-]+(\.[a-z\d_-]+)*$/i.test(value);
}
