import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { root } from '../../readme/readme.ts';

const require = createRequire(import.meta.url);
/** The path of Relay's compiler; null where it has no program for this platform. */
const program: unknown = require('relay-compiler');

/** Whether it can be tried; on the way to a release it must. */
export const hasRelayCompiler = program !== null || process.env['CI'] !== undefined;
if (!hasRelayCompiler) console.warn('NOT TRIED: relay-compiler has no program for this platform');

/**
 * Compiles documents as the file `NAME.ts` of a front end, by relay.config.json, until the test
 * ends; gives the folder of the artifacts.
 */
export async function compileRelay(name: string, documents: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await copyFile(join(root, 'schema.graphql'), join(folder, 'schema.graphql'));
  await copyFile(join(import.meta.dirname, 'relay.config.json'), join(folder, 'relay.config.json'));
  const source = documents.map((text) => `graphql\`${text}\`;\n`).join('');
  await writeFile(join(folder, `${name}.ts`), source);
  await promisify(execFile)(String(program), ['relay.config.json'], { cwd: folder });
  return join(folder, '__generated__');
}
