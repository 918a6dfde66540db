import type { GraphQLSchema } from 'graphql';
import { makeRandom } from '../soak/random.ts';
import { readOutOfReach, type RunSql, writeWithinReach } from './blog.ts';
import type { Coverage } from './coverage.ts';
import { judge } from './judge.ts';
import { type FuzzRequest, makeRequest, replayOf } from './request.ts';
import { type Reply, send } from './send.ts';
import type { Stock } from './stock.ts';

/** What a burst is sent to, and made of. */
export type Target = {
  readonly url: string;
  readonly schema: GraphQLSchema;
  readonly stock: Stock;
  readonly runSql: RunSql;
  readonly coverage: Coverage;
  /** ms until which every request is to have ended. */
  readonly patience: number;
};

/** A fault, and what shows it. */
export type Finding = { readonly what: string; readonly replay: string };

const AT_ONCE = 10;

/**
 * Sends the burst of a seed, some requests at once, to rows that are as they were at the beginning;
 * gives what was wrong.
 */
export async function runBurst(
  target: Target,
  seed: number,
  size: number,
): Promise<readonly Finding[]> {
  const { url, schema, stock, runSql, coverage, patience } = target;
  const random = makeRandom(seed);
  const requests = Array.from({ length: size }, () => makeRequest(random, schema, stock));
  await writeWithinReach(runSql);
  const before = await readOutOfReach(runSql);
  const findings: Finding[] = [];
  const left = requests.values();
  const sendSome = async () => {
    for (const request of left) {
      const reply = await send(url, request, patience);
      findings.push(...findingsOf(request, reply, url));
      coverage.add(request, reply);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  if ((await readOutOfReach(runSql)) !== before) {
    findings.push({ what: 'rows out of reach were written', replay: `burst ${seed}` });
  }
  return findings;
}

function findingsOf(request: FuzzRequest, reply: Reply, url: string): readonly Finding[] {
  return judge(request, reply).map((what) => ({ what, replay: replayOf(request, url) }));
}
