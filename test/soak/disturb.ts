import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { SoakDatabase } from './database.ts';

/** What was done to the services and their database. */
export type Disturbances = {
  sessions: number;
  crashes: number;
  restarts: number;
  services: number;
};

/** What is disturbed, and how much. */
export type DisturbOptions = {
  readonly database: SoakDatabase;
  readonly random: Random;
  /** Kills one of the services without a word, and starts another in its place. */
  readonly replaceService: () => Promise<void>;
  /** ms between two sessions that are ended; 0: none is. */
  readonly killEvery: number;
  readonly seconds: number;
};

/**
 * Ends sessions all the while; in every ten seconds the server crashes once and is restarted once,
 * in every twenty a service is killed.
 */
export async function disturb(options: DisturbOptions): Promise<Disturbances> {
  const { database, random, replaceService, killEvery, seconds } = options;
  const done = { sessions: 0, crashes: 0, restarts: 0, services: 0 };
  const until = Date.now() + seconds * 1_000;
  const killing = async () => {
    if (killEvery === 0) return;
    while (Date.now() < until) {
      await sleep(killEvery);
      done.sessions += await database.killSession(random.below(100));
    }
  };
  const stirring = async () => {
    for (let round = 0; Date.now() < until - 5_000; round += 1) {
      await sleep(2_500 + random.below(1_000));
      if (round % 2 === 0) {
        await database.crash();
        done.crashes += 1;
      } else {
        await database.restart();
        done.restarts += 1;
      }
      // On a slow machine it takes a while; the time until the next fault begins after it.
      await database.use((client) => client.query('SELECT 1'));
      if (round % 4 !== 3) continue;
      await replaceService();
      done.services += 1;
    }
  };
  await Promise.all([killing(), stirring()]);
  return done;
}
