import type { Variables } from '../../support/write.ts';
import type { Cell } from './cells.ts';
import { factsOf, type Facts } from './facts.ts';

/**
 * What a mistake sends, and the answer it must get: issues or a refusal, in short, from the
 * association on.
 */
export type Mistake = {
  readonly sends: object;
  readonly answer: readonly string[];
  /** On an owner that is made by the same request. */
  readonly onNew?: boolean;
};

type Mistakes = Readonly<Record<string, Mistake>>;

/** The mistakes that a cell allows. */
export function mistakesOf(cell: Cell): Mistakes {
  const fact = factsOf(cell);
  switch (cell.tool) {
    case 'cast':
      return cell.isList ? castMany(cell, fact) : castOne(cell, fact);
    case 'put':
      return cell.isList ? putMany(cell, fact) : putOne(cell, fact);
    case 'build':
      return cell.isList ? buildMany(fact) : buildOne(fact);
  }
}

/** What no row can have for an id. */
const noIds = ['x', '1.5', '', '9223372036854775808'] as const;

/** What else can be wrong with the text of a record, at the path of that record. */
function textMistakes(
  { text, longest }: Facts,
  at: string,
  send: (record: Variables) => Mistake['sends'],
): Mistakes {
  return {
    'a blank text': {
      sends: send({ [text]: ' \n' }),
      answer: [`REQUIRED ${at}.${text}`],
    },
    'a text too long': {
      sends: send({ [text]: 'x'.repeat(longest + 1) }),
      answer: [`LENGTH ${at}.${text}`],
    },
    'NUL in a text': {
      sends: send({ [text]: 'x\u0000y' }),
      answer: [`INVALID ${at}.${text}`],
    },
    'a text that is a number': {
      sends: send({ [text]: 7 }),
      answer: ['BAD_USER_INPUT'],
    },
    'a field that there is not': {
      sends: send({ [text]: 'x', insertedAt: '2026-01-01T00:00:00Z' }),
      answer: ['BAD_USER_INPUT'],
    },
  };
}

function castMany(cell: Cell, fact: Facts): Mistakes {
  const { there, other, text, owner, type } = fact;
  const [first = ''] = there;
  const kept = there.map((id) => ({ id }));
  const last = `cast.entries.${kept.length}`;
  const add = (...entries: readonly Variables[]) => ({
    entries: [...kept, ...entries],
  });
  const change = (entry: Variables) => ({
    entries: [{ id: first, ...entry }, ...kept.slice(1)],
  });
  const refused = cell.onReplace === 'MARK_AS_INVALID';
  return {
    ...textMistakes(fact, last, add),
    'a missing text': {
      sends: add({}),
      answer: [`REQUIRED ${last}.${text}`],
    },
    'a blank text of what is there': {
      sends: change({ [text]: '' }),
      answer: [`REQUIRED cast.entries.0.${text}`],
    },
    'a null text of what is there': {
      sends: change({ [text]: null }),
      answer: [`REQUIRED cast.entries.0.${text}`],
    },
    'an id of another': {
      sends: add({ id: other }),
      answer: [`NOT_IN_ASSOCIATION ${last}.id`],
    },
    'an id of another, with a text': {
      sends: add({ id: other, [text]: 'mine' }),
      answer: [`NOT_IN_ASSOCIATION ${last}.id`],
    },
    'an id that nobody has': {
      sends: add({ id: '999' }),
      answer: [`NOT_IN_ASSOCIATION ${last}.id`],
    },
    'an id that is no id': {
      sends: add(...noIds.map((id) => ({ id }))),
      answer: noIds.map((_, i) => `INVALID cast.entries.${kept.length + i}.id`),
    },
    'an id twice': {
      sends: add({ id: first }),
      answer: [`DUPLICATE_ENTRY ${last}.id`],
    },
    'an id twice, written otherwise': {
      sends: add({ id: `0${first}` }),
      answer: [`DUPLICATE_ENTRY ${last}.id`],
    },
    'an id on a new owner': {
      sends: { entries: [{ id: first }] },
      answer: ['NOT_IN_ASSOCIATION cast.entries.0.id'],
      onNew: true,
    },
    'several at once, and some left out': {
      sends: { entries: [{ id: other }, { [text]: '' }] },
      answer: [
        ...(refused ? ['REPLACE_NOT_ALLOWED '] : []),
        'NOT_IN_ASSOCIATION cast.entries.0.id',
        `REQUIRED cast.entries.1.${text}`,
      ],
    },
    'null for the entries': {
      sends: { entries: null },
      answer: ['BAD_USER_INPUT'],
    },
    ...(cell.fields.includes('delete') && {
      'delete without id': {
        sends: add({ delete: true }),
        answer: [`REQUIRED ${last}.id`],
      },
      'delete of a null id': {
        sends: add({ id: null, delete: true }),
        answer: [`REQUIRED ${last}.id`],
      },
      'delete beside a text': {
        sends: change({ delete: true, [text]: 'x' }),
        answer: ['CONFLICTING_INPUT cast.entries.0.delete'],
      },
      'delete of another': {
        sends: add({ id: other, delete: true }),
        answer: [`NOT_IN_ASSOCIATION ${last}.id`],
      },
    }),
    ...(cell.fields.includes('lockVersion') && {
      'a lockVersion without id': {
        sends: add({ [text]: 'x', lockVersion: 1 }),
        answer: [`REQUIRED ${last}.id`],
      },
      'another lockVersion': {
        sends: change({ lockVersion: 9 }),
        answer: [`StaleEntry cast.entries.0.lockVersion ${type} ${first}`],
      },
      'a lockVersion of what is gone': {
        sends: add({ id: '999', lockVersion: 1 }),
        answer: [`StaleEntry ${last} ${type} 999`],
      },
    }),
    ...(cell.fields.includes('delete') &&
      cell.fields.includes('lockVersion') && {
        'delete and a lockVersion without id': {
          sends: add({ delete: true, lockVersion: 1 }),
          answer: [`REQUIRED ${last}.id`],
        },
        'another lockVersion of what is to go': {
          sends: change({ lockVersion: 9, delete: true }),
          answer: [`StaleEntry cast.entries.0.lockVersion ${type} ${first}`],
        },
      }),
    ...listTerms(cell, fact, { entries: kept }),
    ...(cell.terms.includes('scope') && {
      'an id outside the scope': {
        sends: { entries: kept, scope: { id: { notIn: [first] } } },
        answer: ['NOT_IN_ASSOCIATION cast.entries.0.id'],
      },
    }),
    ...(cell.terms.includes('onUnknown') && relateMistakes(cell, fact, kept)),
    ...uniqueMistakes(fact, last, `cast.entries.${kept.length + 1}`, add),
    ...(fact.taken !== undefined && {
      'a unique text of another row, for what is there': {
        sends: change({ [text]: fact.taken }),
        answer: [`UNIQUE cast.entries.0.${text}`],
      },
    }),
    ...(owner.type === 'Author' && {
      'a blank entry three levels down': {
        sends: change({
          comments: { cast: { entries: [{ id: '11' }, { body: ' ' }] } },
          tags: { build: [{ name: '' }] },
          permalink: { cast: { entry: { url: 'no url' } } },
        }),
        answer: [
          'REQUIRED cast.entries.0.comments.cast.entries.1.body',
          'REQUIRED cast.entries.0.tags.build.0.name',
          'FORMAT cast.entries.0.permalink.cast.entry.url',
        ],
      },
    }),
  };
}

/** What can be wrong where a cast takes in records of elsewhere. */
function relateMistakes(
  cell: Cell,
  { other, text, type }: Facts,
  kept: readonly Variables[],
): Mistakes {
  const at = (place: number) => `cast.entries.${kept.length + place}`;
  const relate = (...entries: readonly Variables[]) => ({
    entries: [...kept, ...entries],
    onUnknown: 'RELATE',
  });
  const nobody = { entries: [{ id: '999' }], onUnknown: 'RELATE' };
  return {
    'to relate an id that nobody has': {
      sends: relate({ id: '999' }),
      answer: [`NOT_IN_ASSOCIATION ${at(0)}.id`],
    },
    'to relate an id that nobody has, on a new owner': {
      sends: nobody,
      answer: ['NOT_IN_ASSOCIATION cast.entries.0.id'],
      onNew: true,
    },
    'to relate an id that is no id': {
      sends: relate({ id: 'x' }),
      answer: [`INVALID ${at(0)}.id`],
    },
    'to relate what is to go': {
      sends: relate({ id: other, delete: true }),
      answer: [`NOT_IN_ASSOCIATION ${at(0)}.id`],
    },
    'to relate the same twice': {
      sends: relate({ id: other }, { id: `0${other}` }),
      answer: [`DUPLICATE_ENTRY ${at(1)}.id`],
    },
    'to relate with a blank text': {
      sends: relate({ id: other, [text]: '' }),
      answer: [`REQUIRED ${at(0)}.${text}`],
    },
    'an onUnknown that there is not': {
      sends: { entries: kept, onUnknown: 'INSERT' },
      answer: ['BAD_USER_INPUT'],
    },
    ...(cell.fields.includes('lockVersion') && {
      'to relate another lockVersion': {
        sends: relate({ id: other, lockVersion: 9 }),
        answer: [`StaleEntry ${at(0)}.lockVersion ${type} ${other}`],
      },
      'to relate what is gone': {
        sends: relate({ id: '999', lockVersion: 1 }),
        answer: [`StaleEntry ${at(0)} ${type} 999`],
      },
      'to relate what is to go, with a lockVersion': {
        sends: relate({ id: other, delete: true, lockVersion: 1 }),
        answer: [`StaleEntry ${at(0)} ${type} ${other}`],
      },
    }),
  };
}

/** What can be wrong with scope and expectedIds, beside items that are as they should be. */
function listTerms({ tool, terms }: Cell, { there, owner }: Facts, items: Variables): Mistakes {
  return {
    ...(terms.includes('expectedIds') && {
      'other expectedIds': {
        sends: { ...items, expectedIds: there.slice(1) },
        answer: [`StaleEntry ${tool}.expectedIds ${owner.type} ${owner.id}`],
      },
      'expectedIds of what is gone': {
        sends: { ...items, expectedIds: [...there, '999'] },
        answer: [`StaleEntry ${tool}.expectedIds ${owner.type} ${owner.id}`],
      },
      'expectedIds that are no ids': {
        sends: { ...items, expectedIds: [...there, 'x'] },
        answer: [`INVALID ${tool}.expectedIds.${there.length}`],
      },
    }),
    ...(terms.includes('scope') && {
      'a scope that no column can hold': {
        sends: { ...items, scope: { id: { equals: 'x' } } },
        answer: ['BAD_USER_INPUT'],
      },
    }),
    'an onReplace that there is not': {
      sends: { ...items, onReplace: 'RAISE' },
      answer: ['BAD_USER_INPUT'],
    },
  };
}

function uniqueMistakes(
  { text, taken }: Facts,
  first: string,
  second: string,
  add: (...records: readonly Variables[]) => Mistake['sends'],
): Mistakes {
  if (taken === undefined) return {};
  return {
    'a unique text twice': {
      sends: add({ [text]: 'x' }, { [text]: 'x' }),
      answer: [`UNIQUE ${second}.${text}`],
    },
    'a unique text of another row': {
      sends: add({ [text]: taken }),
      answer: [`UNIQUE ${first}.${text}`],
    },
  };
}

function castOne(cell: Cell, fact: Facts): Mistakes {
  const { there, other, text, type, taken } = fact;
  const [first = ''] = there;
  const at = 'cast.entry';
  const inPlace = cell.onReplace === 'UPDATE';
  const refused = cell.onReplace === 'MARK_AS_INVALID' ? ['REPLACE_NOT_ALLOWED '] : [];
  const change = (entry: Variables) => ({ entry: { id: first, ...entry } });
  return {
    ...textMistakes(fact, at, change),
    'no entry': { sends: {}, answer: [`REQUIRED ${at}`] },
    'a new entry without a text': {
      sends: { entry: { [text]: '' } },
      answer: [...refused, `REQUIRED ${at}.${text}`],
    },
    // Under UPDATE whoever is there is meant, whatever the id.
    ...(!inPlace && {
      'an id of another': {
        sends: { entry: { id: other, [text]: '/x' } },
        answer: [...refused, `NOT_IN_ASSOCIATION ${at}.id`],
      },
      'an id that nobody has': {
        sends: { entry: { id: '999' } },
        answer: [...refused, `NOT_IN_ASSOCIATION ${at}.id`],
      },
    }),
    'an id that is no id': {
      sends: { entry: { id: 'x', [text]: '/x' } },
      answer: [...refused, `INVALID ${at}.id`],
    },
    'an id on a new owner': {
      sends: { entry: { id: first, [text]: '/x' } },
      answer: [`NOT_IN_ASSOCIATION ${at}.id`],
      onNew: true,
    },
    'an onReplace that there is not': {
      sends: { entry: { id: first }, onReplace: 'RAISE' },
      answer: ['BAD_USER_INPUT'],
    },
    ...(cell.fields.includes('lockVersion') && {
      'another lockVersion': {
        sends: change({ lockVersion: 9 }),
        answer: [`StaleEntry ${at}.lockVersion ${type} ${first}`],
      },
      'a lockVersion without id': {
        sends: { entry: { [text]: 'x', lockVersion: 9 } },
        answer: inPlace
          ? [`StaleEntry ${at}.lockVersion ${type} ${first}`]
          : [...refused, `REQUIRED ${at}.id`],
      },
      'a lockVersion of what is gone': {
        sends: { entry: { id: '999', lockVersion: 9 } },
        answer: inPlace
          ? [`StaleEntry ${at}.lockVersion ${type} ${first}`]
          : [`StaleEntry ${at} ${type} 999`],
      },
    }),
    ...(taken !== undefined && {
      'a unique text of another row': {
        sends: change({ [text]: taken }),
        answer: [`UNIQUE ${at}.${text}`],
      },
    }),
  };
}

function putMany(cell: Cell, fact: Facts): Mistakes {
  const { there, text, own } = fact;
  const [first = ''] = there;
  const kept = there.map((id) => ({ id }));
  const last = `put.refs.${kept.length}`;
  const add = (...refs: readonly Variables[]) => ({ refs: [...kept, ...refs] });
  const refused = cell.onReplace === 'MARK_AS_INVALID';
  const byName = cell.fields.includes(text);
  return {
    'a ref that nobody has': {
      sends: add({ id: '999' }),
      answer: [`UNKNOWN_REF ${last}`],
    },
    'a ref that is no id': {
      sends: add(...noIds.map((id) => ({ id }))),
      answer: noIds.map((_, i) => `INVALID put.refs.${kept.length + i}`),
    },
    'a ref twice': {
      sends: add({ id: first }),
      answer: [`DUPLICATE_ENTRY ${last}`],
    },
    'a ref that nobody has, on a new owner': {
      sends: { refs: [{ id: '999' }] },
      answer: ['UNKNOWN_REF put.refs.0'],
      onNew: true,
    },
    'a ref with a null id': {
      sends: add({ id: null }),
      answer: ['BAD_USER_INPUT'],
    },
    'null for the refs': { sends: { refs: null }, answer: ['BAD_USER_INPUT'] },
    'several at once, and some left out': {
      sends: {
        refs: [{ id: 'x' }, { id: '999' }, { id: first }, { id: first }],
      },
      answer: [
        ...(refused ? ['REPLACE_NOT_ALLOWED '] : []),
        'INVALID put.refs.0',
        'UNKNOWN_REF put.refs.1',
        'DUPLICATE_ENTRY put.refs.3',
      ],
    },
    ...(byName && {
      'a ref by a name that nobody has': {
        sends: add({ [text]: 'nobody' }),
        answer: [`UNKNOWN_REF ${last}`],
      },
      'a ref by id and by name': {
        sends: add({ [text]: own }),
        answer: [`DUPLICATE_ENTRY ${last}`],
      },
      'a ref by a name with NUL': {
        sends: add({ [text]: 'x\u0000' }),
        answer: [`INVALID ${last}`],
      },
      'a ref by both its names': {
        sends: add({ id: first, [text]: own }),
        answer: ['BAD_USER_INPUT'],
      },
    }),
    ...(cell.terms.includes('create') && {
      'a new name twice': {
        sends: { ...add({ [text]: 'x' }, { [text]: 'x' }), create: true },
        answer: [`DUPLICATE_ENTRY put.refs.${kept.length + 1}`],
      },
      'a new name that is blank': {
        sends: { ...add({ [text]: ' ' }), create: true },
        answer: [`REQUIRED ${last}.${text}`],
      },
      'a new name too long': {
        sends: { ...add({ [text]: 'x'.repeat(256) }), create: true },
        answer: [`LENGTH ${last}.${text}`],
      },
      'an id that nobody has, though create': {
        sends: { ...add({ id: '999' }), create: true },
        answer: [`UNKNOWN_REF ${last}`],
      },
    }),
    ...listTerms(cell, fact, { refs: kept }),
  };
}

function putOne(cell: Cell, { there, text }: Facts): Mistakes {
  const [first = ''] = there;
  return {
    'no ref': { sends: {}, answer: ['REQUIRED put.ref'] },
    'a ref that nobody has': {
      sends: { ref: { id: '999' } },
      answer: ['UNKNOWN_REF put.ref'],
    },
    'a ref that is no id': {
      sends: { ref: { id: 'x' } },
      answer: ['INVALID put.ref'],
    },
    'a ref that nobody has, on a new owner': {
      sends: { ref: { id: '999' } },
      answer: ['UNKNOWN_REF put.ref'],
      onNew: true,
    },
    'an onReplace that there is not': {
      sends: { ref: { id: first }, onReplace: 'RAISE' },
      answer: ['BAD_USER_INPUT'],
    },
    ...(cell.fields.includes(text) && {
      'a ref by a name that nobody has': {
        sends: { ref: { [text]: 'nobody' } },
        answer: ['UNKNOWN_REF put.ref'],
      },
    }),
  };
}

function buildMany(fact: Facts): Mistakes {
  const { text } = fact;
  const add = (...records: readonly Variables[]) => records;
  return {
    ...textMistakes(fact, 'build.0', add),
    ...uniqueMistakes(fact, 'build.0', 'build.1', add),
    'a missing text': { sends: [{}], answer: ['BAD_USER_INPUT'] },
    'an id': { sends: [{ id: '1', [text]: 'x' }], answer: ['BAD_USER_INPUT'] },
    'a blank text in the second of three': {
      sends: [{ [text]: 'a' }, { [text]: '' }, { [text]: 'c' }],
      answer: [`REQUIRED build.1.${text}`],
    },
  };
}

function buildOne(fact: Facts): Mistakes {
  const { text, taken } = fact;
  return {
    ...textMistakes(fact, 'build', (record) => record),
    'a missing text': { sends: {}, answer: ['BAD_USER_INPUT'] },
    'one over the one that is there': {
      sends: { [text]: '/new' },
      answer: ['UNIQUE build'],
    },
    ...(taken !== undefined && {
      'a unique text of another row': {
        sends: { [text]: taken },
        answer: [`UNIQUE build.${text}`],
        onNew: true,
      },
    }),
  };
}
