import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { readConfig } from '../../src/server/config.ts';
import { useDatabase } from '../support/database.ts';
import { useService } from '../support/service.ts';
import { makeRandom } from '../soak/random.ts';
import { families, writeOutOfReach, writeWithinReach } from './blog.ts';
import { type Finding, runBurst } from './burst.ts';
import { makeCoverage } from './coverage.ts';
import { learnStock } from './learn.ts';
import { makeRequest } from './request.ts';

const database = useDatabase();
// A request that never ends by itself is to be ended soon.
const httpLimits = { ...readConfig({}).httpLimits, headTimeout: 3_000, receiveTimeout: 3_000 };
const service = useService(database, { httpLimits });

test('300 requests that are right, wrong or meant to harm are answered as the contract says', async () => {
  const { url } = service;
  await writeOutOfReach(database.sql);
  await writeWithinReach(database.sql);
  const stock = await learnStock(url, schema, families);
  const coverage = makeCoverage(schema);
  const target = {
    url,
    schema,
    stock,
    runSql: database.sql,
    coverage,
    people: [],
    patience: 50_000,
  };
  const findings: Finding[] = [];
  // At the end of a burst its requests that never end are waited for.
  for (const seed of [1, 2]) findings.push(...(await runBurst(target, seed, 150)));
  expect(findings).toEqual([]);
  expect(coverage.mutations.succeeded).toBeGreaterThan(0);
});

test('a seed makes the same requests each time', () => {
  const requestsOf = (seed: number) => {
    const random = makeRandom(seed);
    const stock = { families, cursors: {}, nodeIds: [] };
    const habit = { writes: 0.6, families, wanted: new Set<string>() };
    return Array.from({ length: 50 }, () => makeRequest(random, schema, stock, habit));
  };
  expect(requestsOf(1)).toEqual(requestsOf(1));
  expect(requestsOf(1)).not.toEqual(requestsOf(2));
});
