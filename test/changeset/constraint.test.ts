import { describe, expect, test } from 'vitest';
import { change, type Changeset } from '../../src/changeset/changeset.ts';
import {
  assocConstraint,
  checkConstraint,
  exclusionConstraint,
  foreignKeyConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from '../../src/changeset/constraint/constraint.ts';
import type { ConstraintKind } from '../../src/changeset/constraint/declared.ts';
import {
  constraintParams,
  findConstraint,
} from '../../src/changeset/constraint/find-constraint.ts';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { datamodel as keys } from '../repo/keys/generated/datamodel.ts';
import { stored } from '../support/blog-changesets.ts';

const post = change(stored('Post', { id: 7n }));
const author = change(stored('Author', { id: 1n }));
const permalink = change(stored('Permalink', { id: 5n }));

describe('a declared constraint is named as Ecto’s migrations name it', () => {
  test.each<[string, Changeset, object]>([
    [
      'uniqueConstraint',
      uniqueConstraint(permalink, 'url'),
      {
        kind: 'unique',
        name: 'permalinks_url_index',
        field: 'url',
        message: 'has already been taken',
        code: 'UNIQUE',
      },
    ],
    [
      'uniqueConstraint of several',
      uniqueConstraint(post, ['title', 'authorId']),
      { name: 'posts_title_author_id_index', field: 'title' },
    ],
    [
      'uniqueConstraint with an error key',
      uniqueConstraint(post, ['title', 'authorId'], { errorKey: 'authorId' }),
      { field: 'authorId' },
    ],
    [
      'foreignKeyConstraint',
      foreignKeyConstraint(post, 'authorId'),
      {
        kind: 'foreignKey',
        name: 'posts_author_id_fkey',
        field: 'authorId',
        message: 'does not exist',
        code: 'FOREIGN_KEY',
      },
    ],
    [
      'assocConstraint',
      assocConstraint(post, 'author'),
      {
        kind: 'foreignKey',
        name: 'posts_author_id_fkey',
        field: 'author',
        message: 'does not exist',
        code: 'FOREIGN_KEY',
      },
    ],
    [
      'noAssocConstraint of a has_many',
      noAssocConstraint(author, 'posts'),
      {
        kind: 'foreignKey',
        name: 'posts_author_id_fkey',
        field: 'posts',
        message: 'are still associated with this entry',
        code: 'STILL_ASSOCIATED',
      },
    ],
    [
      'noAssocConstraint of a has_one',
      noAssocConstraint(post, 'permalink'),
      {
        name: 'permalinks_post_id_fkey',
        field: 'permalink',
        message: 'is still associated with this entry',
      },
    ],
    [
      'checkConstraint',
      checkConstraint(post, 'title', { name: 'titled' }),
      {
        kind: 'check',
        name: 'titled',
        field: 'title',
        message: 'is invalid',
        code: 'CHECK',
      },
    ],
    [
      'one with options',
      uniqueConstraint(post, 'title', {
        name: 'x',
        message: 'm',
        match: 'suffix',
        at: ['a', 0],
      }),
      { name: 'x', message: 'm', match: 'suffix', at: ['a', 0] },
    ],
  ])('%s', (_name, { constraints, valid }, expected) => {
    expect(valid).toBe(true);
    expect(constraints).toEqual([expect.objectContaining({ match: 'exact', ...expected })]);
  });

  test('after those declared before', () => {
    const both = foreignKeyConstraint(uniqueConstraint(post, 'title'), 'authorId');
    expect(both.constraints.map(({ field }) => field)).toEqual(['title', 'authorId']);
    expect(both.constraints.map(constraintParams)).toEqual([
      { constraint: 'unique', constraintName: 'posts_title_index' },
      { constraint: 'foreignKey', constraintName: 'posts_author_id_fkey' },
    ]);
  });
});

describe('a constraint whose name is given may be told of anything', () => {
  test.each<[string, Changeset]>([
    ['uniqueConstraint', uniqueConstraint(post, 'author', { name: 'x' })],
    ['uniqueConstraint of several', uniqueConstraint(post, ['author', 'title'], { name: 'x' })],
    ['foreignKeyConstraint', foreignKeyConstraint(post, 'author', { name: 'x' })],
    ['checkConstraint', checkConstraint(post, 'author', { name: 'x' })],
    ['exclusionConstraint', exclusionConstraint(post, 'author', { name: 'x' })],
  ])('%s', (_name, { constraints }) => {
    expect(constraints).toMatchObject([{ name: 'x', field: 'author' }]);
  });
});

describe('of several constraints that a refusal fits, the last declared is meant', () => {
  const exact = { name: 'posts_x', message: 'exact' };
  const prefix = {
    name: 'posts_',
    match: 'prefix',
    message: 'prefix',
  } as const;
  test.each<[string, Changeset, string]>([
    [
      'two messages of one constraint',
      uniqueConstraint(
        uniqueConstraint(post, 'title', { ...exact, message: 'first' }),
        'title',
        exact,
      ),
      'exact',
    ],
    [
      'a prefix after an exact name',
      uniqueConstraint(uniqueConstraint(post, 'title', exact), 'title', prefix),
      'prefix',
    ],
    [
      'an exact name after a prefix',
      uniqueConstraint(uniqueConstraint(post, 'title', prefix), 'title', exact),
      'exact',
    ],
  ])('%s', (_name, { constraints }, message) => {
    const refused = { kind: 'unique', name: 'posts_x' } as const;
    expect(findConstraint(constraints, refused)?.message).toBe(message);
  });

  test.each<[string, Changeset, string]>([
    [
      'of a parent after its foreign key',
      assocConstraint(foreignKeyConstraint(post, 'authorId'), 'author'),
      'author',
    ],
    [
      'of a foreign key after its parent',
      foreignKeyConstraint(assocConstraint(post, 'author'), 'authorId'),
      'authorId',
    ],
  ])('%s', (_name, { constraints }, field) => {
    const refused = {
      kind: 'foreignKey',
      name: 'posts_author_id_fkey',
    } as const;
    expect(findConstraint(constraints, refused)?.field).toBe(field);
  });
});

describe('a refusal of the database finds its constraint', () => {
  const { constraints } = [
    (changeset: Changeset) => uniqueConstraint(changeset, 'title', { name: 'exact' }),
    (changeset: Changeset) =>
      uniqueConstraint(changeset, 'title', { name: 'pre', match: 'prefix' }),
    (changeset: Changeset) =>
      uniqueConstraint(changeset, 'title', { name: 'suf', match: 'suffix' }),
    (changeset: Changeset) => checkConstraint(changeset, 'title', { name: 'exact' }),
  ].reduce((changeset, declare) => declare(changeset), post);

  test.each<[ConstraintKind, string, number | null]>([
    ['unique', 'exact', 0],
    ['unique', 'exactly', null],
    ['unique', 'prefixed', 1],
    ['unique', 'a_pre', null],
    ['unique', 'with_suf', 2],
    ['unique', 'suffix', null],
    ['check', 'exact', 3],
    ['foreignKey', 'exact', null],
  ])('%s "%s"', (kind, name, index) => {
    const found = findConstraint(constraints, { kind, name });
    expect(found).toBe(index === null ? undefined : constraints[index]);
  });
});

test.each<[string, () => unknown, string]>([
  [
    'a unique field that is none',
    () => uniqueConstraint(post, 'name'),
    'cannot declare a unique constraint on "name" of Post: there is no such field.',
  ],
  [
    'a foreign key that is none',
    () => foreignKeyConstraint(post, 'author'),
    'cannot declare a foreign key constraint on "author" of Post: it is an association',
  ],
  [
    'assocConstraint on a has_many',
    () => assocConstraint(post, 'comments'),
    'cannot declare assocConstraint on "comments" of Post: it is a hasMany, only a belongsTo has one.',
  ],
  [
    'noAssocConstraint on a belongs_to',
    () => noAssocConstraint(post, 'author'),
    'cannot declare noAssocConstraint on "author" of Post: it is a belongsTo, only a hasOne or hasMany has one.',
  ],
  [
    'an association that is none',
    () => assocConstraint(post, 'x'),
    'cannot declare assocConstraint on "x" of Post: there is no such association.',
  ],
])('%s is a misuse', (_name, misuse, message) => {
  expect(misuse).toThrow(message);
});

describe('both ends of a relation of a table to itself have one name', () => {
  const note = change(buildStruct(getModel(readModels(keys), 'Note')));
  const both = noAssocConstraint(foreignKeyConstraint(note, 'parentId'), 'answers').constraints;
  const name = 'Note_parentId_fkey';

  test.each([
    ['a parent that is missing', both, false, 'FOREIGN_KEY'],
    ['a parent that is still referred to', both, true, 'STILL_ASSOCIATED'],
    ['one whose end is not known, the last', both, undefined, 'STILL_ASSOCIATED'],
    ['the only one that is declared, at either end', both.slice(0, 1), true, 'FOREIGN_KEY'],
    [
      'one of a field that is no foreign key, at either end',
      [...both, ...foreignKeyConstraint(note, 'id', { name }).constraints],
      true,
      'FOREIGN_KEY',
    ],
  ])('%s is found', (_what, constraints, referenced, code) => {
    const end = referenced === undefined ? {} : { referenced };
    expect(findConstraint(constraints, { kind: 'foreignKey', name, ...end })?.code).toBe(code);
  });
});
