import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/server/config.ts';

describe('readConfig', () => {
  test('takes its standards where nothing is set', () => {
    expect(readConfig({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      corsOrigins: [],
      migrateOnStart: true,
      logLevel: 'info',
      dataFolder: expect.stringMatching(/\/\.data$/),
      limits: {
        poolSize: 10,
        poolTimeout: 10_000,
        lockTimeout: 5_000,
        statementTimeout: 10_000,
        transactionTimeout: 15_000,
        maxEntries: 1_000,
        idempotencyTtl: 86_400_000,
      },
      shutdownTimeout: 10_000,
    });
  });

  test('counts an empty setting as not set', () => {
    const empty = { PORT: '', DATABASE_URL: '', LOG_LEVEL: '' };
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test('reads every setting', () => {
    expect(
      readConfig({
        PORT: '0',
        HOST: '0.0.0.0',
        CORS_ORIGINS: 'https://app.example, http://localhost:5173',
        DATABASE_URL: 'postgresql://ann:secret@db.example:5433/blog',
        MIGRATE_ON_START: 'false',
        LOG_LEVEL: 'debug',
        DATA_FOLDER: '/srv/data',
        POOL_SIZE: '3',
        POOL_TIMEOUT: '1000',
        LOCK_TIMEOUT: '2000',
        STATEMENT_TIMEOUT: '3000',
        TRANSACTION_TIMEOUT: '4000',
        SHUTDOWN_TIMEOUT: '5000',
        IDEMPOTENCY_TTL: '6000',
        MAX_ENTRIES: '7',
      }),
    ).toEqual({
      port: 0,
      host: '0.0.0.0',
      corsOrigins: ['https://app.example', 'http://localhost:5173'],
      databaseUrl: 'postgresql://ann:secret@db.example:5433/blog',
      migrateOnStart: false,
      logLevel: 'debug',
      dataFolder: '/srv/data',
      limits: {
        poolSize: 3,
        poolTimeout: 1_000,
        lockTimeout: 2_000,
        statementTimeout: 3_000,
        transactionTimeout: 4_000,
        maxEntries: 7,
        idempotencyTtl: 6_000,
      },
      shutdownTimeout: 5_000,
    });
  });

  test.each([
    ['PORT', 'abc', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '70000', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535'],
    ['CORS_ORIGINS', 'app.example', /^CORS_ORIGINS must be origins/],
    ['CORS_ORIGINS', 'https://app.example/', /^CORS_ORIGINS must be origins/],
    ['MIGRATE_ON_START', 'yes', 'MIGRATE_ON_START must be true or false'],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL must be one of silent, /],
    ['POOL_SIZE', '0', 'POOL_SIZE must be a whole number from 1 to 1000'],
    ['LOCK_TIMEOUT', '5s', /^LOCK_TIMEOUT must be a whole number of millis/],
    ['STATEMENT_TIMEOUT', '-1', /must be .* of milliseconds from 1 to 86400000/],
    ['SHUTDOWN_TIMEOUT', '1.5', /^SHUTDOWN_TIMEOUT must be a whole number/],
    ['MAX_ENTRIES', '1e3', 'MAX_ENTRIES must be a whole number from 1 to 30000'],
    ['IDEMPOTENCY_TTL', '15000', /must be longer than TRANSACTION_TIMEOUT$/],
    ['DATABASE_URL', 'nonsense', /^DATABASE_URL must look like postgresql:/],
    ['DATABASE_URL', 'mysql://a:b@c/d', /^DATABASE_URL must look like/],
    ['DATABASE_URL', 'postgresql://host', /^DATABASE_URL must look like/],
    ['DATABASE_URL', 'postgresql://h/d?schema=x', /may not ask for a schema/],
  ])('refuses %s=%s', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(message);
  });

  test('names every wrong setting at once, in one line', () => {
    expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(
      /^PORT must be [^\n]*; LOG_LEVEL must be [^\n]*$/,
    );
  });

  test.each(['0', 'abc', '99999999999'])(
    'says of TRANSACTION_TIMEOUT=%s only what is wrong with it',
    (value) => {
      expect(() => readConfig({ TRANSACTION_TIMEOUT: value })).toThrow(
        /^TRANSACTION_TIMEOUT must be [^;]*$/,
      );
    },
  );

  test('does not repeat a wrong database address, which may hold a password', () => {
    const wrong = { DATABASE_URL: 'postgres//ann:secret@host/db' };
    expect(() => readConfig(wrong)).toThrow(/^(?!.*secret)/);
  });
});
