import SchemaBuilder from '@pothos/core';
import { graphql, printSchema } from 'graphql';
import { defineDomain, owned, reference } from 'prisma-assoc/changeset';
import type { TransactionClient } from 'prisma-assoc';
import { associationKit } from 'prisma-assoc/pothos';
import { beforeEach, describe, expect, test } from 'vitest';
import { datamodel } from '../repo/keys/generated/datamodel.ts';
import { useKeys } from '../support/keys.ts';

/* An ordered list over GraphQL. */

const domain = defineDomain(datamodel, {
  Album: {
    version: 'version',
    associations: { tracks: owned({ position: 'no' }), photos: owned({ position: 'place' }) },
  },
  Track: { cast: ['title', 'albumId'], associations: { album: reference() } },
  Photo: { cast: ['name', 'albumId'] },
});
const builder = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
const kit = associationKit(builder, domain, { client: ({ client }) => client });
kit.object('Album', {
  description: 'An album.',
  fields: (t) => ({
    ...kit.columns(t, 'Album', { id: 'The id.', version: 'The version.' }),
    tracks: kit.association(t, 'Album', 'tracks', 'In order.'),
    tracksConnection: kit.associationConnection(t, 'Album', 'tracks', 'In order.'),
    photosConnection: kit.associationConnection(t, 'Album', 'photos', 'In order.'),
  }),
});
kit.object('Track', {
  description: 'A track.',
  fields: (t) => kit.columns(t, 'Track', { id: 'The id.', title: 'The title.', no: 'The number.' }),
});
kit.object('Photo', {
  description: 'A photo.',
  fields: (t) => kit.columns(t, 'Photo', { id: 'The id.', name: 'The name.' }),
});
builder.queryType({ fields: (t) => ({ album: kit.record(t, 'Album', 'The album of an id.') }) });
builder.mutationType({
  fields: (t) => ({ ...kit.mutations(t, 'Album'), ...kit.mutations(t, 'Track') }),
});
const schema = builder.toSchema();
const { client } = useKeys();

/** The id of a track, which tells nothing of its place. */
const id = (title: string) =>
  `00000000-0000-4000-8000-${String(9_999 - (title.codePointAt(0) ?? 0)).padStart(12, '0')}`;

beforeEach(async () => {
  await client.album.createMany({ data: [{}, {}] });
  const tracks = 'abc'
    .split('')
    .map((title, i) => ({ id: id(title), title, no: i + 1, albumId: 1 }));
  await client.track.createMany({ data: tracks });
});

async function send(source: string): Promise<unknown> {
  const { data, errors } = await graphql({ schema, source, contextValue: { client } });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data));
}

/** Writes the tracks of album 1; gives what the answer shows of them. */
async function update(tracks: string, options = ''): Promise<unknown> {
  const { result } = (await send(`mutation {
    result: updateAlbum(id: 1, input: { tracks: { ${tracks} } } ${options}) {
      __typename
      ... on UpdateAlbumSuccess { album { version tracks { title no } } ${changeset} }
      ... on DryRun { ${changeset} }
      ... on StaleEntry { message path recordId }
      ... on InvalidChangeset { issues { message path } }
    }
  }`)) as { result: unknown };
  return result;
}

const changeset = 'changeset { operations { action path changes { field from to } } }';

const entries = (...titles: readonly string[]) =>
  `entries: [${titles.map((title) => `{ id: "${id(title)}" }`).join(' ')}]`;

test('a cast in another order moves the fewest tracks, and the answer shows it', async () => {
  expect(await update(`cast: { ${entries('c', 'a', 'b')} }`)).toEqual({
    __typename: 'UpdateAlbumSuccess',
    album: {
      version: 1,
      tracks: [
        { title: 'c', no: 0 },
        { title: 'a', no: 1 },
        { title: 'b', no: 2 },
      ],
    },
    changeset: {
      operations: [
        {
          action: 'UPDATE',
          path: ['input', 'tracks', 'cast', 'entries', '0'],
          changes: [{ field: 'no', from: 3, to: 0 }],
        },
        { action: 'UNCHANGED', path: ['input', 'tracks', 'cast', 'entries', '1'], changes: [] },
        { action: 'UNCHANGED', path: ['input', 'tracks', 'cast', 'entries', '2'], changes: [] },
      ],
    },
  });
});

test('a dry run shows the moves and makes none', async () => {
  const shown = await update(`cast: { ${entries('b', 'a')} }`, 'options: { dryRun: true }');
  expect(shown).toMatchObject({
    __typename: 'DryRun',
    changeset: {
      operations: [
        { action: 'DELETE' },
        { action: 'UPDATE', changes: [{ field: 'no', from: 1, to: 4 }] },
        { action: 'UNCHANGED' },
      ],
    },
  });
  expect(await client.track.count({ where: { no: { in: [1, 2, 3] } } })).toBe(3);
});

test('a put orders the list by its references, what moves in among them', async () => {
  await client.track.create({ data: { id: id('x'), title: 'x', no: 1, albumId: 2 } });
  const refs = ['a', 'b', 'x', 'c'].map((title) => `{ id: "${id(title)}" }`).join(' ');
  expect(await update(`put: { refs: [${refs}] }`)).toMatchObject({
    album: { tracks: [{ title: 'a' }, { title: 'b' }, { title: 'x' }, { title: 'c' }] },
  });
});

test('a build goes last, through the mutation of its own too', async () => {
  expect(await update('build: [{ title: "x" } { title: "d" }]')).toMatchObject({
    album: {
      tracks: [{ no: 1 }, { no: 2 }, { no: 3 }, { title: 'x', no: 4 }, { title: 'd', no: 5 }],
    },
  });
  const built = await send(`mutation {
    buildAlbumTrack(albumId: 1, input: { title: "z" }) { ... on BuildAlbumTrackSuccess { track { no } } }
    createTrack(input: { title: "y", albumId: 1 }) { ... on CreateTrackSuccess { track { no } } }
    updateTrack(id: "${id('a')}", input: { album: { put: { ref: { id: 2 } } } }) {
      ... on UpdateTrackSuccess { track { no } ${changeset} }
    }
  }`);
  expect(built).toMatchObject({
    buildAlbumTrack: { track: { no: 6 } },
    createTrack: { track: { no: 7 } },
    updateTrack: { track: { no: 1 } },
  });
});

test('under a scope the rows share the places that they had', async () => {
  const scope = 'scope: { title: { in: ["a", "c"] } }';
  expect(await update(`cast: { ${scope} ${entries('c', 'a')} }`)).toMatchObject({
    album: {
      tracks: [
        { title: 'c', no: 1 },
        { title: 'b', no: 2 },
        { title: 'a', no: 3 },
      ],
    },
  });
});

describe('expectedIds', () => {
  const expected = (...titles: readonly string[]) =>
    `expectedIds: [${titles.map((title) => `"${id(title)}"`).join(' ')}]`;

  test('in the order of the list are as they are expected', async () => {
    const cast = `cast: { ${expected('a', 'b', 'c')} ${entries('c', 'b', 'a')} }`;
    expect(await update(cast)).toMatchObject({ __typename: 'UpdateAlbumSuccess' });
  });

  test('in another order are stale, and the message says which it is', async () => {
    const cast = `cast: { ${expected('a', 'c', 'b')} ${entries('a', 'c', 'b')} }`;
    const now = ['a', 'b', 'c'].map(id).join(', ');
    expect(await update(cast)).toEqual({
      __typename: 'StaleEntry',
      message: `Nothing was written: the tracks of Album 1 are not in the order expected (now: ${now}).`,
      path: ['input', 'tracks', 'cast', 'expectedIds'],
      recordId: '1',
    });
  });
});

test('the list and its connection are read in order, rows without a number last', async () => {
  await client.photo.createMany({
    data: [null, 2n, 1n, null, 2n].map((place, i) => ({ name: `p${i}`, place, albumId: 1 })),
  });
  await update(`cast: { ${entries('c', 'a', 'b')} }`);
  const page = (after: string) => `{ album(id: 1) {
    tracksConnection(first: 2) { edges { node { title } } }
    photosConnection(first: 2 ${after}) { edges { node { name } } pageInfo { endCursor hasNextPage } }
  } }`;
  const read: string[] = [];
  let after = '';
  for (let more = true; more;) {
    const { album } = (await send(page(after))) as {
      album: {
        tracksConnection: unknown;
        photosConnection: {
          edges: { node: { name: string } }[];
          pageInfo: { endCursor: string; hasNextPage: boolean };
        };
      };
    };
    const { edges, pageInfo } = album.photosConnection;
    expect(album.tracksConnection).toMatchObject({
      edges: [{ node: { title: 'c' } }, { node: { title: 'a' } }],
    });
    read.push(...edges.map(({ node }) => node.name));
    after = `after: "${pageInfo.endCursor}"`;
    more = pageInfo.hasNextPage;
  }
  expect(read).toEqual(['p2', 'p1', 'p4', 'p0', 'p3']);
});

test('no input of a write holds the position, and the order is described', () => {
  const printed = printSchema(schema);
  const inputs = printed.match(/^input (Cast|Build|Create|Update|Put)[^}]*\}/gm) ?? [];
  expect(inputs.length).toBeGreaterThan(5);
  expect(inputs.filter((input) => /^ {2}(no|place):/m.test(input))).toEqual([]);
  expect(printed).toContain('By no, then by id unless given; every order ends in id.');
  expect(printed).toContain('Where it is another set or another order the answer is StaleEntry');
});
