import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDrill } from '../drill/drill.ts';
import { drills } from '../drill/drills.ts';
import { type SoakDatabase, startSoakDatabase } from '../soak/database.ts';
import { compileService } from '../support/process.ts';

let database: SoakDatabase;

beforeAll(async () => {
  await compileService();
  database = await startSoakDatabase();
});
afterAll(() => database.close());

test.each(drills)('when $name, what is seen is what is expected', async (drill) => {
  const { seen, expected, skipped } = await runDrill(drill, database);
  if (skipped === null) expect(seen).toEqual(expected);
  else console.warn(`NOT TRIED: ${drill.name}: ${skipped}`);
});
