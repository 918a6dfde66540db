import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** The bytes that are still in use, garbage left out. */
export function heapUsed(): number {
  if (typeof collect !== 'function') throw new Error('the garbage collector cannot be run');
  collect();
  return process.memoryUsage().heapUsed;
}
