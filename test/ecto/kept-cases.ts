import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { useDatabaseOf } from '../support/database.ts';
import type { Case } from './case.ts';
import { readCases } from './report.ts';
import { openWorld, type World } from './world.ts';

/** The file of cases that the project keeps. */
const keptFile = join(import.meta.dirname, 'cases.json');

/** The cases that the project keeps. */
export const keptCases = readCases(await readFile(keptFile, 'utf8'));

/** The kept case of an id. */
export function keptCase(id: string): Case {
  const found = keptCases.find((read) => read.ok && read.case.id === id);
  if (found?.ok) return found.case;
  throw new Error(`no case ${id} is kept`);
}

/** Gives a test file a world to replay cases in. Call it at the top of the file. */
export function useWorld(): { readonly current: World } {
  const database = useDatabaseOf('conformance');
  const { log } = inject('postgres');
  let world: World | undefined;
  beforeAll(() => {
    world = openWorld({ url: database.url, log });
  });
  afterAll(() => world?.close());
  return {
    get current() {
      if (world) return world;
      throw new Error('the world is not there yet');
    },
  };
}
