import { expect, test } from 'vitest';
import { makeTurns } from '../../src/repo/transaction/turns.ts';

const LONG = 2 ** 31 - 1;

test('as many turns as there are begin at once; the next begin as others end, first come, first served', async () => {
  const turns = makeTurns(2);
  const begun: string[] = [];
  const take = async (name: string) => {
    const end = await turns.take(LONG);
    begun.push(name);
    return end;
  };
  const [a, b] = await Promise.all([take('a'), take('b')]);
  const [c, d, e] = [take('c'), take('d'), take('e')];
  expect(begun).toEqual(['a', 'b']);
  b?.();
  (await c)?.();
  const endOfD = await d;
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  a?.();
  (await e)?.();
  endOfD?.();
  await Promise.all([take('f'), take('g')]);
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('who waits too long has no turn, and takes none from those behind', async () => {
  const turns = makeTurns(1);
  const end = await turns.take(LONG);
  const [impatient, patient] = [turns.take(1), turns.take(LONG)];
  expect(await impatient).toBeNull();
  end?.();
  expect(await patient).not.toBeNull();
  expect(await turns.take(0)).toBeNull();
});
