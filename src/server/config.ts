import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type MutationLimits, standardMutationLimits } from 'prisma-assoc/mutation';
import { type Limits, standardLimits } from 'prisma-assoc/postgres';

/** The service's settings, checked. */
export type Config = {
  /** TCP port of HTTP; 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Other origins whose pages may call the service: `https://app.example`, or `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Absent: the embedded PostgreSQL is started. */
  readonly databaseUrl?: string;
  /** Whether pending migrations are applied at start. */
  readonly migrateOnStart: boolean;
  readonly logLevel: LogLevel;
  /** Absolute; where the embedded PostgreSQL keeps its data. */
  readonly dataFolder: string;
  /** What may be taken of the database, and for how long. */
  readonly limits: Limits & MutationLimits;
  /** How long requests that are under way at a stop may take to end, in ms. */
  readonly shutdownTimeout: number;
};

/** How much is logged, from least to most. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** What keeps the service from starting, in one line for whoever starts it. */
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
  return {
    port: data.PORT,
    host: data.HOST,
    corsOrigins: data.CORS_ORIGINS,
    ...(data.DATABASE_URL === undefined ? {} : { databaseUrl: data.DATABASE_URL }),
    migrateOnStart: data.MIGRATE_ON_START,
    logLevel: data.LOG_LEVEL,
    dataFolder: resolve(projectFolder, data.DATA_FOLDER),
    limits: {
      poolSize: data.POOL_SIZE,
      poolTimeout: data.POOL_TIMEOUT,
      lockTimeout: data.LOCK_TIMEOUT,
      statementTimeout: data.STATEMENT_TIMEOUT,
      transactionTimeout: data.TRANSACTION_TIMEOUT,
      maxEntries: data.MAX_ENTRIES,
      idempotencyTtl: data.IDEMPOTENCY_TTL,
    },
    shutdownTimeout: data.SHUTDOWN_TIMEOUT,
  };
}

const PORT_FORM = 'PORT must be a whole number from 0 to 65535';
const ORIGINS_FORM =
  'CORS_ORIGINS must be origins with commas between, as https://app.example, or *';
const URL_FORM = 'DATABASE_URL must look like postgresql://user:password@host:5432/database';
const SCHEMA_FORM = 'DATABASE_URL may not ask for a schema other than public: the tables are there';

const standard = { ...standardLimits, ...standardMutationLimits };
const DAY = 86_400_000;

const settings = z
  .object({
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, PORT_FORM)
      .transform(Number)
      .refine((port) => port <= 65_535, PORT_FORM)
      .default(4000),
    HOST: z.string().default('127.0.0.1'),
    CORS_ORIGINS: z
      .string()
      .transform((list) => list.split(',').map((origin) => origin.trim()))
      .refine((origins) => origins.every(isOrigin), ORIGINS_FORM)
      .default([]),
    // A message must not repeat the value: there is a password in it.
    DATABASE_URL: z
      .string()
      .refine(isPostgresUrl, { message: URL_FORM, abort: true })
      .refine(asksForPublic, SCHEMA_FORM)
      .optional(),
    MIGRATE_ON_START: flag('MIGRATE_ON_START', true),
    LOG_LEVEL: z
      .enum(LOG_LEVELS, `LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`)
      .default('info'),
    DATA_FOLDER: z.string().default('.data'),
    POOL_SIZE: count('POOL_SIZE', 1_000, standard.poolSize),
    POOL_TIMEOUT: time('POOL_TIMEOUT', standard.poolTimeout),
    LOCK_TIMEOUT: time('LOCK_TIMEOUT', standard.lockTimeout),
    STATEMENT_TIMEOUT: time('STATEMENT_TIMEOUT', standard.statementTimeout),
    TRANSACTION_TIMEOUT: time('TRANSACTION_TIMEOUT', standard.transactionTimeout),
    SHUTDOWN_TIMEOUT: time('SHUTDOWN_TIMEOUT', 10_000),
    IDEMPOTENCY_TTL: time('IDEMPOTENCY_TTL', standard.idempotencyTtl, 365 * DAY),
    MAX_ENTRIES: count('MAX_ENTRIES', 30_000, standard.maxEntries),
  })
  // A mutation that lost its connection during COMMIT looks its key up later.
  .refine((data) => data.IDEMPOTENCY_TTL > data.TRANSACTION_TIMEOUT, {
    message: 'IDEMPOTENCY_TTL must be longer than TRANSACTION_TIMEOUT',
    when: ({ issues }) => issues.length === 0,
  });

function time(name: string, standard: number, most = DAY) {
  return whole(name, { unit: ' of milliseconds', most, standard });
}

function count(name: string, most: number, standard: number) {
  return whole(name, { unit: '', most, standard });
}

function whole(
  name: string,
  how: {
    readonly unit: string;
    readonly most: number;
    readonly standard: number;
  },
) {
  const form = `${name} must be a whole number${how.unit} from 1 to ${how.most}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, form)
    .transform(Number)
    .refine((value) => value >= 1 && value <= how.most, form)
    .default(how.standard);
}

function flag(name: string, standard: boolean) {
  return z
    .enum(['true', 'false'], `${name} must be true or false`)
    .transform((value) => value === 'true')
    .default(standard);
}

function isOrigin(value: string): boolean {
  if (value === '*') return true;
  return URL.canParse(value) && new URL(value).origin === value;
}

function isPostgresUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname } = new URL(value);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1;
}

function asksForPublic(value: string): boolean {
  const schema = new URL(value).searchParams.get('schema');
  return schema === null || schema === 'public';
}
