import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/server/config.ts';

describe('readConfig', () => {
  test('takes its standards where nothing is set', () => {
    expect(readConfig({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      hostNames: ['127.0.0.1'],
      corsOrigins: [],
      pageFolder: expect.stringMatching(/\/dist\/web$/),
      graphiql: true,
      introspection: true,
      migrateOnStart: true,
      auth: null,
      logLevel: 'info',
      slowStatement: 1_000,
      metrics: true,
      dataFolder: expect.stringMatching(/\/\.data$/),
      limits: {
        poolSize: 10,
        poolTimeout: 10_000,
        lockTimeout: 5_000,
        statementTimeout: 10_000,
        transactionTimeout: 15_000,
        maxEntries: 1_000,
        maxTotalEntries: 5_000,
        maxRows: 20_000,
        idempotencyTtl: 86_400_000,
      },
      writeWay: 'auto',
      live: true,
      documentLimits: {
        maxTokens: 15_000,
        maxNesting: 50,
        maxDepth: 16,
        maxFields: 2_000,
        maxRootFields: 20,
        maxAliases: 100,
        maxDirectives: 100,
        maxSpreads: 200,
        maxVariableValues: 100_000,
        maxReadValues: 1_500,
        maxText: 4_000_000,
        maxCost: 100_000,
      },
      httpLimits: {
        maxBody: 4_000_000,
        maxPersisted: 1_000_000,
        maxRequests: 100,
        maxPipelined: 50,
        headTimeout: 5_000,
        receiveTimeout: 30_000,
        requestTimeout: 20_000,
        sendTimeout: 30_000,
        maxStreams: 1_000,
        streamTimeout: 3_600_000,
        stallTimeout: 3_000,
      },
      drainDelay: 0,
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
        HOSTS: 'Blog.example, blog',
        PAGE: 'false',
        GRAPHIQL: 'false',
        INTROSPECTION: 'false',
        CORS_ORIGINS: 'https://app.example, http://localhost:5173',
        DATABASE_URL: 'postgresql://ann:secret@db.example:5433/blog',
        DIRECT_URL: 'postgresql://ann:secret@db.example:5432/blog',
        PGBOUNCER: 'true',
        MIGRATE_ON_START: 'false',
        AUTH_JWT_SECRET: 'a secret of at least thirty-two bytes',
        AUTH_ISSUER: 'https://id.example',
        AUTH_AUDIENCE: 'blog',
        LOG_LEVEL: 'debug',
        SLOW_STATEMENT: '0',
        METRICS: 'false',
        METRICS_PORT: '9090',
        WRITE_WAY: 'set',
        LIVE: 'false',
        DATA_FOLDER: '/srv/data',
        POOL_SIZE: '3',
        POOL_TIMEOUT: '1000',
        LOCK_TIMEOUT: '2000',
        STATEMENT_TIMEOUT: '3000',
        TRANSACTION_TIMEOUT: '4000',
        SHUTDOWN_TIMEOUT: '5000',
        IDEMPOTENCY_TTL: '6000',
        MAX_ENTRIES: '7',
        MAX_ROWS: '8',
        MAX_BODY: '8',
        MAX_PERSISTED: '0',
        MAX_REQUESTS: '9',
        MAX_PIPELINED: '10',
        MAX_TOKENS: '11',
        MAX_NESTING: '12',
        MAX_DEPTH: '13',
        MAX_FIELDS: '14',
        MAX_ROOT_FIELDS: '15',
        MAX_ALIASES: '16',
        MAX_DIRECTIVES: '17',
        MAX_VARIABLE_VALUES: '18',
        MAX_READ_VALUES: '23',
        MAX_SPREADS: '24',
        MAX_TEXT: '25',
        MAX_COST: '26',
        HEAD_TIMEOUT: '19',
        RECEIVE_TIMEOUT: '20',
        REQUEST_TIMEOUT: '21',
        SEND_TIMEOUT: '22',
        MAX_STREAMS: '27',
        STREAM_TIMEOUT: '28',
        STALL_TIMEOUT: '29',
        MAX_TOTAL_ENTRIES: '23',
        DRAIN_DELAY: '0',
      }),
    ).toEqual({
      auth: {
        key: { kind: 'secret', secret: 'a secret of at least thirty-two bytes' },
        issuer: 'https://id.example',
        audience: 'blog',
      },
      port: 0,
      host: '0.0.0.0',
      hostNames: ['blog.example', 'blog', '0.0.0.0'],
      corsOrigins: ['https://app.example', 'http://localhost:5173'],
      pageFolder: null,
      graphiql: false,
      introspection: false,
      databaseUrl: 'postgresql://ann:secret@db.example:5433/blog?pgbouncer=true',
      directUrl: 'postgresql://ann:secret@db.example:5432/blog',
      migrateOnStart: false,
      logLevel: 'debug',
      slowStatement: 0,
      metrics: false,
      metricsPort: 9_090,
      dataFolder: '/srv/data',
      limits: {
        poolSize: 3,
        poolTimeout: 1_000,
        lockTimeout: 2_000,
        statementTimeout: 3_000,
        transactionTimeout: 4_000,
        maxEntries: 7,
        maxTotalEntries: 23,
        maxRows: 8,
        idempotencyTtl: 6_000,
      },
      writeWay: 'set',
      live: false,
      documentLimits: {
        maxTokens: 11,
        maxNesting: 12,
        maxDepth: 13,
        maxFields: 14,
        maxRootFields: 15,
        maxAliases: 16,
        maxDirectives: 17,
        maxVariableValues: 18,
        maxReadValues: 23,
        maxSpreads: 24,
        maxText: 25,
        maxCost: 26,
      },
      httpLimits: {
        maxBody: 8,
        maxPersisted: 0,
        maxRequests: 9,
        maxPipelined: 10,
        headTimeout: 19,
        receiveTimeout: 20,
        requestTimeout: 21,
        sendTimeout: 22,
        maxStreams: 27,
        streamTimeout: 28,
        stallTimeout: 29,
      },
      drainDelay: 0,
      shutdownTimeout: 5_000,
    });
  });

  test('shows less in production, and goes on serving after SIGTERM, unless told otherwise', () => {
    const production = { NODE_ENV: 'production', AUTH_OPEN: 'true' };
    expect(readConfig(production)).toMatchObject({
      graphiql: false,
      introspection: false,
      drainDelay: 5_000,
    });
    const shown = { GRAPHIQL: 'true', INTROSPECTION: 'true', DRAIN_DELAY: '0' };
    expect(readConfig({ ...production, ...shown })).toEqual(readConfig({}));
  });

  test('takes tokens of keys at an address', () => {
    const url = 'https://id.example/.well-known/jwks.json';
    expect(readConfig({ AUTH_JWKS_URL: url }).auth).toEqual({
      key: { kind: 'jwks', url },
      issuer: null,
      audience: null,
    });
  });

  test('is not open in production unless told so', () => {
    const production = { NODE_ENV: 'production' };
    const secret = { AUTH_JWT_SECRET: 'a secret of at least thirty-two bytes' };
    expect(() => readConfig(production)).toThrow(/^everybody could write: set .*AUTH_OPEN=true/);
    expect(() => readConfig({ ...production, AUTH_OPEN: 'false' })).toThrow(/AUTH_OPEN=true/);
    expect(readConfig({ ...production, AUTH_OPEN: 'true' }).auth).toBeNull();
    expect(readConfig({ ...production, ...secret }).auth).not.toBeNull();
    expect(readConfig({ ...production, ...secret, AUTH_OPEN: 'true' }).auth).not.toBeNull();
  });

  test('takes a secret or an address, not both', () => {
    const both = {
      AUTH_JWT_SECRET: 'a secret of at least thirty-two bytes',
      AUTH_JWKS_URL: 'https://id.example/jwks',
    };
    expect(() => readConfig(both)).toThrow(/set one of them$/);
  });

  test.each([
    ['AUTH_JWT_SECRET', 'short', /^AUTH_JWT_SECRET must be at least 32 bytes(?!.*short)/],
    ['AUTH_JWKS_URL', 'id.example', /^AUTH_JWKS_URL must be an address/],
    ['AUTH_JWKS_URL', 'file:///etc/keys', /^AUTH_JWKS_URL must be an address/],
    ['AUTH_ISSUER', 'https://id.example', /need AUTH_JWT_SECRET or AUTH_JWKS_URL$/],
    ['AUTH_AUDIENCE', 'blog', /need AUTH_JWT_SECRET or AUTH_JWKS_URL$/],
    ['AUTH_OPEN', 'yes', 'AUTH_OPEN must be true or false'],
    ['PORT', 'abc', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '70000', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535'],
    ['HOSTS', 'blog.example:4000', /^HOSTS must be host names/],
    ['HOSTS', 'https://blog.example', /^HOSTS must be host names/],
    ['HOSTS', '*', /^HOSTS must be host names/],
    ['GRAPHIQL', '1', 'GRAPHIQL must be true or false'],
    ['MAX_DEPTH', '0', /^MAX_DEPTH must be a whole number from 1 to/],
    ['DRAIN_DELAY', '-1', /^DRAIN_DELAY must be a whole number .* from 0 to/],
    ['CORS_ORIGINS', 'app.example', /^CORS_ORIGINS must be origins/],
    ['CORS_ORIGINS', 'https://app.example/', /^CORS_ORIGINS must be origins/],
    ['MIGRATE_ON_START', 'yes', 'MIGRATE_ON_START must be true or false'],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL must be one of silent, /],
    ['WRITE_WAY', 'sets', 'WRITE_WAY must be one of nested, set, auto'],
    ['POOL_SIZE', '0', 'POOL_SIZE must be a whole number from 1 to 1000'],
    ['LOCK_TIMEOUT', '5s', /^LOCK_TIMEOUT must be a whole number of millis/],
    ['STATEMENT_TIMEOUT', '-1', /must be .* of milliseconds from 1 to 86400000/],
    ['SHUTDOWN_TIMEOUT', '1.5', /^SHUTDOWN_TIMEOUT must be a whole number/],
    ['MAX_ENTRIES', '1e3', 'MAX_ENTRIES must be a whole number from 1 to 30000'],
    ['MAX_ROWS', '0', 'MAX_ROWS must be a whole number from 1 to 1000000'],
    ['IDEMPOTENCY_TTL', '15000', /must be longer than TRANSACTION_TIMEOUT$/],
    ['DATABASE_URL', 'nonsense', /^DATABASE_URL must look like postgresql:/],
    ['DATABASE_URL', 'mysql://a:b@c/d', /^DATABASE_URL must look like/],
    ['DATABASE_URL', 'postgresql://host', /^DATABASE_URL must look like/],
    ['DATABASE_URL', 'postgresql://h/d?sslmode=x', /^sslmode of DATABASE_URL must be one of/],
    ['DIRECT_URL', 'mysql://host/blog', /^DIRECT_URL must look like/],
    ['PGBOUNCER', 'yes', /^PGBOUNCER must be/],
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
