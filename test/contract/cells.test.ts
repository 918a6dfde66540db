import { describe, expect, test } from 'vitest';
import { useBlog } from './support/blog.ts';
import { type Cell, readCells } from './support/cells.ts';
import {
  issuesOf,
  operationsOf,
  type Outcome,
  refusalOf,
  type Variables,
} from './support/write.ts';

const blog = useBlog();
const cells = readCells();

/*
 * Every way of writing an association that the printed schema offers meets every mistake that its fields allow. What a
 * mistake is follows from the fields of the tool and of its items; what is expected of an association stands in `facts`,
 * what each onReplace does in `effects`. A cell of the schema that these do not know fails.
 */

/** An association of the blog, from an owner that has it. */
type Facts = {
  /** The mutation that writes the owner, and one that makes a new one. */
  readonly update: string;
  readonly owner: { readonly type: string; readonly id: string };
  readonly create: string;
  readonly created: Variables;
  readonly field: string;
  readonly type: string;
  /** The ids that are there, and one that belongs elsewhere. */
  readonly there: readonly string[];
  readonly other: string;
  /** The field that a record must have, and how long it may be. */
  readonly text: string;
  readonly longest: number;
  /** Where that field is unique: a value that another row has, and the one of `there[0]`. */
  readonly taken?: string;
  readonly own?: string;
};

const ofPost = {
  update: 'updatePost',
  owner: { type: 'Post', id: '1' },
  create: 'createPost',
  created: { title: 'New' },
};

const facts: Readonly<Record<string, Facts>> = {
  'Post.comments': {
    ...ofPost,
    field: 'comments',
    type: 'Comment',
    there: ['11', '12', '13'],
    other: '31',
    text: 'body',
    longest: 10_000,
  },
  'Post.author': {
    ...ofPost,
    field: 'author',
    type: 'Author',
    there: ['1'],
    other: '2',
    text: 'name',
    longest: 255,
  },
  'Post.permalink': {
    ...ofPost,
    field: 'permalink',
    type: 'Permalink',
    there: ['51'],
    other: '53',
    text: 'url',
    longest: 255,
    taken: '/three',
    own: '/one',
  },
  'Post.tags': {
    ...ofPost,
    field: 'tags',
    type: 'Tag',
    there: ['41', '42'],
    other: '43',
    text: 'name',
    longest: 255,
    taken: 'prisma',
    own: 'ecto',
  },
  'Comment.post': {
    update: 'updateComment',
    owner: { type: 'Comment', id: '11' },
    create: 'createComment',
    created: { body: 'New' },
    field: 'post',
    type: 'Post',
    there: ['1'],
    other: '3',
    text: 'title',
    longest: 255,
  },
  'Author.posts': {
    update: 'updateAuthor',
    owner: { type: 'Author', id: '1' },
    create: 'createAuthor',
    created: { name: 'New' },
    field: 'posts',
    type: 'Post',
    there: ['1', '2'],
    other: '3',
    text: 'title',
    longest: 255,
  },
};

/** What a mistake sends, and the answer it must get: issues or a refusal, in short, from the association on. */
type Mistake = {
  readonly sends: object;
  readonly answer: readonly string[];
  /** On an owner that is made by the same request. */
  readonly onNew?: boolean;
};

type Mistakes = Readonly<Record<string, Mistake>>;

/** The mistakes that a cell allows. */
function mistakesOf(cell: Cell): Mistakes {
  const fact = facts[cell.association];
  if (!fact)
    throw new Error(`say what ${cell.association} is: it has no facts`);
  switch (cell.tool) {
    case 'cast':
      return cell.isList ? castMany(cell, fact) : castOne(cell, fact);
    case 'put':
      return cell.isList ? putMany(cell, fact) : putOne(cell, fact);
    case 'build':
      return cell.isList ? buildMany(fact) : buildOne(fact);
  }
}

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
      sends: add({ id: 'x' }, { id: '1.5' }),
      answer: [
        `INVALID ${last}.id`,
        `INVALID cast.entries.${kept.length + 1}.id`,
      ],
    },
    'an id twice': {
      sends: add({ id: first }),
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

/** What can be wrong with scope and expectedIds, beside items that are as they should be. */
function listTerms(
  { tool, terms }: Cell,
  { there, owner }: Facts,
  items: Variables,
): Mistakes {
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
  const refused =
    cell.onReplace === 'MARK_AS_INVALID' ? ['REPLACE_NOT_ALLOWED '] : [];
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
      sends: add({ id: 'x' }),
      answer: [`INVALID ${last}`],
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
        'INVALID put.refs.0',
        'UNKNOWN_REF put.refs.1',
        'DUPLICATE_ENTRY put.refs.3',
        ...(refused ? ['REPLACE_NOT_ALLOWED '] : []),
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

/** Sends a tool of an association, and gives the answer in short: its paths from the association on. */
async function answerOf(
  cell: Cell,
  { sends, onNew = false }: Pick<Mistake, 'sends' | 'onNew'>,
): Promise<string[]> {
  const { update, create, created, owner, field } = factsOf(cell);
  const tools = { [field]: { [cell.tool]: chosen(cell, sends) } };
  const [mutation, variables] = onNew
    ? ([create, { input: { ...created, ...tools } }] as const)
    : ([update, { id: owner.id, input: tools }] as const);
  const { data, errors } = await blog.attempt(mutation, variables);
  if (errors !== undefined) return [errors];
  if (data.__typename.endsWith('Success')) return ['Success'];
  return shortAnswers(cell, data);
}

/** A tool as it is sent, with the onReplace of its cell. */
function chosen(
  { onReplace }: Cell,
  sends: Mistake['sends'],
): Mistake['sends'] {
  return onReplace === null ? sends : { onReplace, ...sends };
}

function shortAnswers(cell: Cell, outcome: Outcome): string[] {
  const { field } = factsOf(cell);
  const answers =
    outcome.__typename === 'InvalidChangeset'
      ? issuesOf(outcome)
      : [refusalOf(outcome)];
  return answers.map((text) =>
    text.replace(new RegExp(`\\binput\\.${field}(\\.|$)`), ''),
  );
}

function factsOf({ association }: Cell): Facts {
  const found = facts[association];
  if (!found) throw new Error(`say what ${association} is: it has no facts`);
  return found;
}

/** `Post.comments cast DELETE`. */
function nameOf({ association, tool, onReplace }: Cell): string {
  return [association, tool, onReplace].filter(Boolean).join(' ');
}

describe('what is wrong is answered where it stands, and nothing is written:', () => {
  test.each(cells.map((cell) => [nameOf(cell), cell] as const))(
    '%s',
    async (_name, cell) => {
      const mistakes = Object.entries(mistakesOf(cell));
      const answers: Record<string, readonly string[]> = {};
      for (const [name, mistake] of mistakes) {
        answers[name] = await answerOf(cell, mistake);
      }
      expect(answers).toEqual(
        Object.fromEntries(
          mistakes.map(([name, { answer }]) => [name, answer]),
        ),
      );
      expect(await blog.changes()).toEqual([]);
    },
  );
});

/** Fields of tools and of their items that the mistakes above know, beside associations. */
const knownFields = [
  'id',
  'title',
  'body',
  'name',
  'url',
  'lockVersion',
  'delete',
];
const knownTerms = ['create', 'scope', 'expectedIds'];

test('every field of a tool has its mistakes', () => {
  const nested = Object.values(facts).map(({ field }) => field);
  const unknown = cells.flatMap(({ association, tool, terms, fields }) =>
    [
      ...terms.filter((name) => !knownTerms.includes(name)),
      ...fields.filter(
        (name) => !knownFields.includes(name) && !nested.includes(name),
      ),
    ].map((name) => `${association} ${tool} ${name}`),
  );
  expect(unknown).toEqual([]);
});

/*
 * What a tool does to what is there: it leaves some out, takes one from elsewhere, gives a new one, or null. A new row
 * has the second id of its sequence: the dry run took the first.
 */

type Effect = {
  readonly sends: Mistake['sends'];
  /** The owner, where it is not the one of the facts. */
  readonly of?: string;
} & (
  | { readonly changes: readonly string[] }
  /** REPLACE_NOT_ALLOWED, naming these. */
  | { readonly refuses: readonly string[] }
  | { readonly answers: readonly string[] }
);

const newComment = {
  sends: { entries: [{ id: '11' }, { body: 'new' }] },
} as const;
const movedComment = { sends: { refs: [{ id: '11' }, { id: '31' }] } } as const;
const newAuthor = { sends: { entry: { name: 'New' } } } as const;
const newParent = { sends: { entry: { title: 'New' } } } as const;
const newPermalink = { sends: { entry: { url: '/new' } } } as const;
const newTag = { sends: { entries: [{ id: '41' }, { name: 'new' }] } } as const;
const namedTag = {
  sends: { refs: [{ id: '41' }, { name: 'prisma' }] },
} as const;
const newPost = {
  sends: { entries: [{ id: '1' }, { title: 'New' }] },
} as const;
const movedPost = { sends: { refs: [{ id: '1' }, { id: '3' }] } } as const;
const noEntry = { sends: { entry: null } } as const;
const noRef = { sends: { ref: null } } as const;
const to = (ref: Variables) => ({ sends: { ref } }) as const;

const effects: Readonly<Record<string, readonly Effect[]>> = {
  'Post.comments cast MARK_AS_INVALID': [
    { ...newComment, refuses: ['12', '13'] },
  ],
  'Post.comments cast DELETE': [
    {
      ...newComment,
      changes: [
        '- comment 12 more, post 1, v1',
        '- comment 13 thanks, post 1, v1',
        '+ comment 302 new, post 1, v1',
      ],
    },
  ],
  'Post.comments put MARK_AS_INVALID': [
    { ...movedComment, refuses: ['12', '13'] },
  ],
  'Post.comments put DELETE': [
    {
      ...movedComment,
      changes: [
        '- comment 12 more, post 1, v1',
        '- comment 13 thanks, post 1, v1',
        '- comment 31 long, post 3, v1',
        '+ comment 31 long, post 1, v2',
      ],
    },
  ],
  'Post.comments build': [
    { sends: [{ body: 'new' }], changes: ['+ comment 302 new, post 1, v1'] },
  ],
  'Post.author cast MARK_AS_INVALID': [
    { ...newAuthor, refuses: ['1'] },
    { ...noEntry, refuses: ['1'] },
    {
      ...newAuthor,
      of: '4',
      changes: [
        '- post 4 Four, body null, author null, v1',
        '+ author 102 New, v1',
        '+ post 4 Four, body null, author 102, v2',
      ],
    },
  ],
  'Post.author cast NILIFY': [
    {
      ...newAuthor,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ author 102 New, v1',
        '+ post 1 One, body first, author 102, v2',
      ],
    },
    {
      ...noEntry,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author null, v2',
      ],
    },
  ],
  'Post.author cast UPDATE': [
    {
      ...newAuthor,
      changes: ['- author 1 Ann, v1', '+ author 1 New, v2'],
    },
    {
      sends: { entry: { id: '2', name: 'New' } },
      changes: ['- author 1 Ann, v1', '+ author 1 New, v2'],
    },
    {
      ...noEntry,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author null, v2',
      ],
    },
  ],
  'Post.author put MARK_AS_INVALID': [
    { ...to({ id: '2' }), refuses: ['1'] },
    { ...noRef, refuses: ['1'] },
    { ...to({ id: '1' }), changes: [] },
  ],
  'Post.author put NILIFY': [
    {
      ...to({ id: '2' }),
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author 2, v2',
      ],
    },
    {
      ...noRef,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 One, body first, author null, v2',
      ],
    },
  ],
  'Comment.post cast MARK_AS_INVALID': [
    { ...newParent, refuses: ['1'] },
    { ...noEntry, refuses: ['1'] },
  ],
  'Comment.post cast NILIFY': [
    {
      ...newParent,
      changes: [
        '- comment 11 great, post 1, v1',
        '+ post 202 New, body null, author null, v1',
        '+ comment 11 great, post 202, v2',
      ],
    },
    { ...noEntry, answers: ['REQUIRED '] },
  ],
  'Comment.post cast UPDATE': [
    {
      ...newParent,
      changes: [
        '- post 1 One, body first, author 1, v1',
        '+ post 1 New, body first, author 1, v2',
      ],
    },
    { ...noEntry, answers: ['REQUIRED '] },
  ],
  'Comment.post put MARK_AS_INVALID': [
    { ...to({ id: '3' }), refuses: ['1'] },
    { ...noRef, refuses: ['1'] },
  ],
  'Comment.post put NILIFY': [
    {
      ...to({ id: '3' }),
      changes: [
        '- comment 11 great, post 1, v1',
        '+ comment 11 great, post 3, v2',
      ],
    },
    { ...noRef, answers: ['REQUIRED '] },
  ],
  'Post.permalink cast MARK_AS_INVALID': [
    { ...newPermalink, refuses: ['51'] },
    { ...noEntry, refuses: ['51'] },
  ],
  'Post.permalink cast NILIFY': [
    {
      ...newPermalink,
      changes: [
        '- permalink 51 /one, post 1',
        '+ permalink 51 /one, post null',
        '+ permalink 502 /new, post 1',
      ],
    },
    {
      ...noEntry,
      changes: [
        '- permalink 51 /one, post 1',
        '+ permalink 51 /one, post null',
      ],
    },
  ],
  'Post.permalink cast UPDATE': [
    {
      ...newPermalink,
      changes: ['- permalink 51 /one, post 1', '+ permalink 51 /new, post 1'],
    },
    {
      ...noEntry,
      changes: [
        '- permalink 51 /one, post 1',
        '+ permalink 51 /one, post null',
      ],
    },
    {
      ...newPermalink,
      of: '2',
      changes: ['+ permalink 502 /new, post 2'],
    },
  ],
  'Post.permalink cast DELETE': [
    {
      ...newPermalink,
      changes: ['- permalink 51 /one, post 1', '+ permalink 502 /new, post 1'],
    },
    {
      // The url that goes is free for the one that comes.
      sends: { entry: { url: '/one' } },
      changes: ['- permalink 51 /one, post 1', '+ permalink 502 /one, post 1'],
    },
    { ...noEntry, changes: ['- permalink 51 /one, post 1'] },
  ],
  'Post.permalink put MARK_AS_INVALID': [
    { ...to({ url: '/loose' }), refuses: ['51'] },
    { ...noRef, refuses: ['51'] },
    { ...to({ url: '/one' }), changes: [] },
  ],
  'Post.permalink put NILIFY': [
    {
      ...to({ url: '/loose' }),
      changes: [
        '- permalink 51 /one, post 1',
        '- permalink 59 /loose, post null',
        '+ permalink 51 /one, post null',
        '+ permalink 59 /loose, post 1',
      ],
    },
    {
      ...to({ id: '53' }),
      changes: [
        '- permalink 51 /one, post 1',
        '- permalink 53 /three, post 3',
        '+ permalink 51 /one, post null',
        '+ permalink 53 /three, post 1',
      ],
    },
    {
      ...noRef,
      changes: [
        '- permalink 51 /one, post 1',
        '+ permalink 51 /one, post null',
      ],
    },
  ],
  'Post.permalink put DELETE': [
    {
      ...to({ url: '/loose' }),
      changes: [
        '- permalink 51 /one, post 1',
        '- permalink 59 /loose, post null',
        '+ permalink 59 /loose, post 1',
      ],
    },
    { ...noRef, changes: ['- permalink 51 /one, post 1'] },
  ],
  'Post.permalink build': [
    {
      sends: { url: '/new' },
      of: '2',
      changes: ['+ permalink 502 /new, post 2'],
    },
  ],
  'Post.tags cast MARK_AS_INVALID': [{ ...newTag, refuses: ['42'] }],
  'Post.tags cast DELETE': [
    {
      ...newTag,
      changes: [
        '- link post 1 tag 42',
        '+ tag 402 new',
        '+ link post 1 tag 402',
      ],
    },
  ],
  'Post.tags put MARK_AS_INVALID': [{ ...namedTag, refuses: ['42'] }],
  'Post.tags put DELETE': [
    {
      ...namedTag,
      changes: ['- link post 1 tag 42', '+ link post 1 tag 43'],
    },
  ],
  'Post.tags build': [
    {
      sends: [{ name: 'new' }],
      changes: ['+ tag 402 new', '+ link post 1 tag 402'],
    },
  ],
  'Author.posts cast MARK_AS_INVALID': [{ ...newPost, refuses: ['2'] }],
  'Author.posts cast NILIFY': [
    {
      ...newPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '+ post 2 Two, body null, author null, v2',
        '+ post 202 New, body null, author 1, v1',
      ],
    },
  ],
  'Author.posts cast DELETE': [
    {
      ...newPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '- comment 21 short, post 2, v1',
        '+ post 202 New, body null, author 1, v1',
      ],
    },
  ],
  'Author.posts put MARK_AS_INVALID': [{ ...movedPost, refuses: ['2'] }],
  'Author.posts put NILIFY': [
    {
      ...movedPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '- post 3 Three, body third, author 2, v1',
        '+ post 2 Two, body null, author null, v2',
        '+ post 3 Three, body third, author 1, v2',
      ],
    },
  ],
  'Author.posts put DELETE': [
    {
      ...movedPost,
      changes: [
        '- post 2 Two, body null, author 1, v1',
        '- post 3 Three, body third, author 2, v1',
        '- comment 21 short, post 2, v1',
        '+ post 3 Three, body third, author 1, v2',
      ],
    },
  ],
  'Author.posts build': [
    {
      sends: [{ title: 'New' }],
      changes: ['+ post 202 New, body null, author 1, v1'],
    },
  ],
};

const rows = cells.flatMap((cell) => {
  const found = effects[nameOf(cell)] ?? [];
  return found.map((effect) => {
    const of = effect.of === undefined ? '' : ` of ${effect.of}`;
    return [`${nameOf(cell)}${of}`, effect.sends, cell, effect] as const;
  });
});

test('every cell of the schema has its effect', () => {
  const named = cells.map(nameOf);
  expect(Object.keys(effects).toSorted()).toEqual(named.toSorted());
});

describe('a dry run writes nothing and shows what the write then does:', () => {
  test.each(rows)('%s %j', async (_name, _sends, cell, effect) => {
    const { update, owner, field } = factsOf(cell);
    const send = (dryRun: boolean) =>
      blog.write(update, {
        id: effect.of ?? owner.id,
        input: { [field]: { [cell.tool]: chosen(cell, effect.sends) } },
        options: { dryRun },
      });
    const tried = await send(true);
    expect(await blog.changes()).toEqual([]);
    const written = await send(false);
    if ('changes' in effect) {
      expect(await blog.changes()).toEqual(effect.changes);
      expect(operationsOf(tried)).toEqual(
        operationsOf(written).map((line) => withoutNewIds(line)),
      );
      return;
    }
    expect(tried).toEqual(written);
    expect(await blog.changes()).toEqual([]);
    if ('answers' in effect) {
      expect(shortAnswers(cell, written)).toEqual(effect.answers);
      return;
    }
    expect(written.issues).toEqual([
      {
        code: 'REPLACE_NOT_ALLOWED',
        path: ['input', field],
        template: 'would lose %{ids}: list them, or choose another onReplace',
        message: `would lose ${effect.refuses.join(', ')}: list them, or choose another onReplace`,
        params: expect.objectContaining({ ids: effect.refuses }),
      },
    ]);
  });
});

/** The operation as a dry run shows it: new rows, whose ids are beyond a hundred, have none yet. */
function withoutNewIds(operation: string): string {
  return operation
    .replace(/^(\w+ \w+) [1-5]0\d\b/, '$1 null')
    .replace(/-> "[1-5]0\d"/g, '-> null');
}
