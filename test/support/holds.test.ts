import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from './holds.ts';

test('a law that fails names its seed and its smallest case', async () => {
  const failing = holds(fc.record({ list: fc.array(fc.nat()) }), ({ list }) => {
    expect(list.length).toBeLessThan(3);
  });
  await expect(failing).rejects.toThrow(
    /seed: -?\d+, path: "[\d:]+"[^]*Counterexample: \[\{"list":\[0,0,0\]\}\]/,
  );
});
