import { type WriteWay, writeWays } from '../../src/repo/write/write-way.ts';

const way = writeWays.find((name) => name === process.env['WRITE_WAY']);

/** How repos and services of the tests write, if the environment says: `WRITE_WAY=set npm test`. */
export const writing: { readonly writeWay?: WriteWay } = way ? { writeWay: way } : {};
