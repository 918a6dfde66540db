import {
  type AssociationDeclaration,
  type Declaration,
  defineDomain,
  owned,
} from 'prisma-assoc/changeset';
import { expect, test } from 'vitest';
import type { Datamodel } from '../../src/model/datamodel/datamodel.ts';
import { datamodel as ofKeys } from '../repo/keys/generated/datamodel.ts';

/* What the declaration of a position may get wrong, as the one who writes it reads it. */

const datamodel: Datamodel = ofKeys;

type Association = NonNullable<NonNullable<Declaration['associations']>[string]>;

/** A domain in which one association is declared in this way. */
function declare(place: string, declaration: AssociationDeclaration) {
  const [model = '', name = ''] = place.split('.');
  const others = { Album: {}, Track: {}, Photo: {}, Slot: {}, Note: {}, Part: {}, Course: {} };
  return () =>
    defineDomain(datamodel, {
      ...others,
      Student: {},
      [model]: { associations: { [name]: declaration as Association } },
    });
}

const casting = (cast: readonly string[], tracks: AssociationDeclaration) => () =>
  defineDomain(datamodel, {
    Album: { associations: { tracks: tracks as Association } },
    Track: { cast },
  });

const mistakes: readonly (readonly [string, () => unknown, string])[] = [
  [
    'a position that is no field',
    declare('Album.tracks', owned({ position: 'nope' })),
    'Album.tracks cannot keep its order in "nope": Track has no such field. It has: id, title, no, albumId.',
  ],
  [
    'a position that is no whole number',
    declare('Album.tracks', owned({ position: 'title' })),
    'Album.tracks cannot keep its order in "title": Track.title is no whole number. Take a column of type Int or BigInt.',
  ],
  [
    'a position in the primary key',
    declare('Course.parts', owned({ position: 'no' })),
    'Course.parts cannot keep its order in "no": it is part of a key of Part, which must not change. Take a column of its own.',
  ],
  [
    'a position in a foreign key',
    declare('Album.tracks', owned({ position: 'albumId' })),
    'Album.tracks cannot keep its order in "albumId": it is part of a key of Track, which must not change. Take a column of its own.',
  ],
  [
    'a position that is unique by itself',
    declare('Shelf.slots', owned({ position: 'number' })),
    'Shelf.slots cannot keep its order in "number": it is unique over the lists of all owners. Make it unique together with shelfId: @@unique([shelfId, number]).',
  ],
  [
    'a position of a many_to_many',
    declare('Course.students', { position: 'id' }),
    'Course.students cannot keep its order in "id": a many_to_many keeps none, since its records are in many lists. Write its join rows as a has_many, and give them the position.',
  ],
  [
    'a position of a belongs_to',
    declare('Track.album', { position: 'version' }),
    'Track.album cannot keep its order in "version": only a has_many keeps an order. Leave the position out.',
  ],
  [
    'a position beside another order',
    declare('Album.tracks', {
      position: 'no',
      preloadOrder: [{ field: 'title', direction: 'asc' }],
    }),
    'Album.tracks cannot keep its order in "no": its preloadOrder is another. Leave that out.',
  ],
  [
    'a position beside a condition',
    declare('Album.tracks', { position: 'no', where: { title: 'a' } }),
    'Album.tracks cannot keep its order in "no": its "where" hides rows that have a place in it. Leave that out.',
  ],
  [
    'a position in the version',
    () =>
      defineDomain(datamodel, {
        Shelf: { associations: { slots: owned({ position: 'version' }) as Association } },
        Slot: { version: 'version' },
      }),
    'Shelf.slots cannot keep its order in "version": it is the version of Slot. Take a column of its own.',
  ],
  [
    'a position that clients cast',
    casting(['title', 'no'], owned({ position: 'no' })),
    'cannot declare Track: it casts "no", in which Album.tracks keeps its order. Leave it out: it follows from the list.',
  ],
  [
    'a position that an entry casts',
    casting(['title'], owned({ position: 'no', cast: { fields: ['no'] } })),
    'cannot declare Album.tracks.cast: it casts "no", in which Album.tracks keeps its order. Leave it out: it follows from the list.',
  ],
];

test.each(mistakes)('defineDomain refuses %s, with the way out', (_mistake, call, message) => {
  expect(call).toThrow(new Error(message));
});

test('a position may be unique together with the key of the owner', () => {
  expect(declare('Album.tracks', owned({ position: 'no' }))).not.toThrow();
});
