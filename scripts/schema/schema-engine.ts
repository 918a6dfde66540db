import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { poolConfig } from 'prisma-assoc/postgres';

/** Where Prisma's schema engine works: a database and the schema file it belongs to. */
export type SchemaEngineOptions = {
  readonly url: string;
  /** Path of a schema.prisma. */
  readonly schemaPath: string;
};

/** What a task is given: the engine and the schema in the form its requests take. */
export type SchemaEngineSession = {
  readonly engine: bindings.SchemaEngine;
  readonly files: { path: string; content: string }[];
};

/**
 * Runs `task` with Prisma's schema engine, the one behind `prisma migrate`, as WebAssembly on one
 * connection of its own. The engine's advisory lock lives as long as that connection: two callers
 * at once take turns.
 */
export async function withSchemaEngine<T>(
  { url, schemaPath }: SchemaEngineOptions,
  task: (session: SchemaEngineSession) => Promise<T>,
): Promise<T> {
  const path = basename(schemaPath);
  const content = await readFile(schemaPath, 'utf8');
  await loadEngine();
  const pool = new EnginePool(poolConfig({ url, poolSize: 1 }));
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [[path, content]] },
      () => {},
      bindMigrationAwareSqlAdapterFactory(new EngineAdapter(pool)),
    );
    try {
      return await task({ engine, files: [{ path, content }] });
    } finally {
      engine.free();
    }
  } catch (error) {
    throw withoutTrace(error);
  } finally {
    await pool.end();
  }
}

/**
 * The engine's messages end in a trace of its own code: a line `0: sql_schema_connector::…` and
 * what follows.
 */
function withoutTrace(error: unknown): unknown {
  if (error instanceof Error) {
    error.message = error.message.replace(/\n\s+0: \w+::[^]*$/, '');
  }
  return error;
}

// Node has it; its types leave it out where the DOM's are not loaded.
declare global {
  namespace WebAssembly {
    function instantiate(
      source: Uint8Array,
      imports: Record<string, Record<string, unknown>>,
    ): Promise<{ instance: { exports: Record<string, unknown> } }>;
  }
}

let loading: Promise<void> | undefined;

function loadEngine(): Promise<void> {
  loading ??= instantiate();
  return loading;
}

// The package's own entry imports the .wasm file as a module, which Node does not do without a
// flag.
async function instantiate(): Promise<void> {
  const resolve = createRequire(import.meta.url).resolve;
  const script = resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = await readFile(script.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, {
    './schema_engine_bg.js': { ...bindings },
  });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
}

/**
 * The adapter as the engine needs it. A script runs as one simple query, all of it or nothing: the
 * adapter's own executeScript splits at every `;`. And catalogue columns of type "char", which the
 * adapter refuses, are read as single characters.
 */
class EngineAdapter extends PrismaPg {
  readonly #pool: EnginePool;

  constructor(pool: EnginePool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    adapter.executeScript = async (sql) => {
      await adapter.executeRaw({ sql, args: [], argTypes: [] });
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const columnTypes = result.columnTypes.map((type, index) =>
        this.#pool.charColumns.has(result.columnNames[index] ?? '')
          ? ColumnTypeEnum.Character
          : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }
}

const CHAR = 18;
const TEXT = 25;

/** A pool that gives columns of type "char" out as text, and remembers their names. */
class EnginePool extends pg.Pool {
  readonly charColumns = new Set<string>();

  constructor(config: pg.PoolConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => Promise<pg.QueryResult>;
    this.query = async (...args: unknown[]): Promise<never> => {
      const result = await query(...args);
      for (const field of result.fields ?? []) {
        if (field.dataTypeID !== CHAR) continue;
        field.dataTypeID = TEXT;
        this.charColumns.add(field.name);
      }
      return result as never;
    };
  }
}
