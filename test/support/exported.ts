import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// What a folder publishes: functions of its own and of other folders, by their names.
const DOOR = 'index.ts';

/**
 * The names of all functions that the files of a folder of src export, errors aside, in
 * alphabetical order.
 */
export async function exportedFunctions(folder: string): Promise<string[]> {
  const path = join(import.meta.dirname, '../../src', folder);
  const modules = await Promise.all(
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== DOOR)
      .map((file): Promise<object> => import(join(path, file))),
  );
  const names = modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) =>
      typeof value === 'function' && !isError(value) ? [name] : [],
    ),
  );
  return names.toSorted();
}

function isError({ prototype }: Function): boolean {
  return prototype instanceof Error;
}
