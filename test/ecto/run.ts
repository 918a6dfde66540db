/**
 * Replays recorded cases and reports where we differ: `run.ts [FILE]`, the project's own copy
 * without a file. Exits with 1 if a case failed.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runCases } from './report.ts';
import { withServer } from './server.ts';
import { openWorld } from './world.ts';

const [given = join(import.meta.dirname, 'cases.json')] = process.argv.slice(2);
// npm runs a script in the project's folder, wherever it was called.
const file = existsSync(given) ? given : resolve(process.env['INIT_CWD'] ?? '', given);
const text = await readFile(file, 'utf8');
await withServer(async (place) => {
  const world = openWorld(place);
  try {
    const { lines, exitCode } = await runCases(world, text);
    for (const line of lines) console.log(line);
    process.exitCode = exitCode;
  } finally {
    await world.close();
  }
});
