import { afterAll, beforeAll } from 'vitest';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import type { Model, Models } from '../../src/model/model.ts';
import type {
  AssociationOptions,
  SchemaOptions,
} from '../../src/model/datamodel/association-rules.ts';
import type { Struct } from '../../src/model/struct.ts';
import { makeDirectClient } from '../../src/postgres/direct-client.ts';
import type { Preload } from '../../src/repo/read/preload.ts';
import type { Repo } from '../../src/repo/repo.ts';
import { makeRepo } from '../../src/repo/repo.ts';
import { type Value, valueText } from '../../src/model/value.ts';
import { datamodel } from '../ecto/generated/datamodel.ts';
import { PrismaClient } from '../ecto/generated/prisma/client.ts';
import { type TestDatabase, useDatabaseOf } from './database.ts';
import { wideLimits } from './limits.ts';
import { writing } from './write-way.ts';

/** A worker's database of the conformance schema, empty before each test, with a client of it. */
export type CoreDatabase = TestDatabase & { readonly client: PrismaClient };

/** The time at which every repo of `repoOf` writes. */
export const NOW = new Date('2026-01-01T00:00:00.000Z');

/** As `useDatabase`, of the schema that has every kind of relation, key and type. */
export function useCore(): CoreDatabase {
  let client: PrismaClient | undefined;
  const database = useDatabaseOf('conformance');
  beforeAll(() => {
    const transactionOptions = { maxWait: wideLimits.poolTimeout };
    client = makeDirectClient(
      { ...wideLimits, url: database.url, poolSize: 5 },
      (adapter) => new PrismaClient({ adapter, errorFormat: 'minimal', transactionOptions }),
    );
  });
  afterAll(() => client?.$disconnect());
  return Object.defineProperty(database, 'client', {
    get() {
      if (client === undefined) throw new Error('there is no client yet');
      return client;
    },
  }) as CoreDatabase;
}

const declared: SchemaOptions = {
  Author: {
    associations: { posts_comments: { through: ['posts', 'comments'] } },
  },
  Post: {
    updatedAt: 'updated_at',
    associations: {
      tags: { joinThrough: ['postTags', 'tag'] },
      author_posts: { through: ['author', 'posts'] },
    },
  },
  Tag: { associations: { posts: { joinThrough: ['postTags', 'post'] } } },
};

/** Rules of associations by `Model.association`. */
export type Rules = { readonly [association: string]: AssociationOptions };

/**
 * The models of the schema under the rules of a test, else Ecto's; `versions` are the models'
 * version fields.
 */
export function modelsWith(
  rules: Rules = {},
  versions: Readonly<Record<string, string>> = {},
): Models {
  const options: Record<
    string,
    {
      updatedAt?: string;
      version?: string;
      associations: Record<string, AssociationOptions>;
    }
  > = {};
  for (const [name, given] of Object.entries(declared)) {
    options[name] = { ...given, associations: { ...given.associations } };
  }
  for (const [key, given] of Object.entries(rules)) {
    const [model = '', name = ''] = key.split('.');
    const { associations } = (options[model] ??= { associations: {} });
    associations[name] = { ...associations[name], ...given };
  }
  for (const [model, version] of Object.entries(versions)) {
    options[model] = { associations: {}, ...options[model], version };
  }
  return readModels(datamodel, options);
}

/** A repo of the models, whose clock stands at `NOW`. */
export function repoOf(database: CoreDatabase, models: Models): Repo {
  return makeRepo(database.client, models, { now: () => NOW, ...writing });
}

/** A stored record with associations preloaded. */
export async function load(
  repo: Repo,
  model: Model,
  id: Value,
  preloads: readonly Preload[] = [],
): Promise<Struct> {
  const found = await repo.get(model, id);
  if (found === null) throw new Error(`there is no ${model.name} ${valueText(id)}`);
  return repo.preload(found, preloads);
}

/** The model of a name. */
export function modelOf(models: Models, name: string): Model {
  return getModel(models, name);
}
