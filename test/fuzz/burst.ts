import type { GraphQLSchema } from 'graphql';
import { makeRandom } from '../soak/random.ts';
import { readOutOfReach, type RunSql, writeWithinReach } from './blog.ts';
import type { Coverage } from './coverage.ts';
import { judge } from './judge.ts';
import { findTrespass, type Person, readForeign, writePeople } from './people.ts';
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
  /** Who sends the bursts, in turn; none where the service is open. */
  readonly people: readonly Person[];
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
  const { url, schema, stock, runSql, coverage, patience, people } = target;
  const person = people[seed % people.length];
  const random = makeRandom(seed);
  // What a burst of others holds depends on its seed alone, so that a trespass can be sought again.
  const wanted = new Set(person?.isAdmin ? coverage.unreached : []);
  const habit = { writes: 0.6, families: stock.families, ...person?.habit, wanted };
  const requests = Array.from({ length: size }, () => makeRequest(random, schema, stock, habit));
  await writeWithinReach(runSql);
  if (person) await writePeople(runSql);
  const before = await readOutOfReach(runSql);
  const foreign = person ? await readForeign(runSql, person) : [];
  const findings: Finding[] = [];
  const left = requests.values();
  const sendSome = async () => {
    for (const request of left) {
      const reply = await send(url, request, patience, person?.token);
      findings.push(...findingsOf(request, reply, url));
      coverage.add(request, reply);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  if ((await readOutOfReach(runSql)) !== before) {
    findings.push({ what: 'rows out of reach were written', replay: `burst ${seed}` });
  }
  if (person && !person.isAdmin) {
    for (const row of findTrespass(person, foreign, await readForeign(runSql, person)))
      findings.push({ what: `${person.name} may not write: ${row}`, replay: `burst ${seed}` });
  }
  return findings;
}

function findingsOf(request: FuzzRequest, reply: Reply, url: string): readonly Finding[] {
  return judge(request, reply).map((what) => ({ what, replay: replayOf(request, url) }));
}
