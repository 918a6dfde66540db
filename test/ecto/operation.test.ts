import { expect, test } from 'vitest';
import type { Case } from './case.ts';
import { judge } from './judge.ts';
import { keptCase, useWorld } from './kept-cases.ts';

const world = useWorld();

const worked = keptCase('bbe627e6');
const root = {
  get: 'post',
  id: 7,
  preload: ['comments'],
} satisfies Case['operation']['root'];
const newPost = {
  new: 'post',
  fields: {
    title: 'T',
    comments: [{ struct: 'comment', fields: { body: 'c' } }],
    author: { struct: 'author', fields: { name: 'N' } },
  },
};
const inserted: Case['expect']['writes'] = [
  ['INSERT', 'authors'],
  ['INSERT', 'posts'],
  ['INSERT', 'comments'],
];
const emptied: Case['expect']['writes'] = [
  ['DELETE', 'comments'],
  ['DELETE', 'comments'],
  ['DELETE', 'comments'],
];

test.each<[string, Case['operation'], Case['expect']['writes']]>([
  ['a new root holds new records', { kind: 'insert', root: newPost, repo: 'insert' }, inserted],
  [
    'a new record that is put holds new records',
    {
      kind: 'put_assoc',
      root: { new: 'author', fields: { name: 'N' } },
      puts: [
        {
          assoc: 'posts',
          value: [
            {
              struct: 'post',
              fields: { title: 'T', comments: newPost.fields.comments },
            },
          ],
        },
      ],
      repo: 'insert',
    },
    inserted,
  ],
  [
    'an association among the changes is put',
    { kind: 'change', root, change: { comments: [] }, repo: 'update' },
    emptied,
  ],
  [
    'an association among the changes of what is put is put',
    {
      kind: 'put_assoc',
      root: { new: 'author', fields: { name: 'N' } },
      puts: [
        {
          assoc: 'posts',
          value: [{ changeset_of: root, changes: { comments: [] } }],
        },
      ],
      repo: 'insert',
    },
    [['INSERT', 'authors'], ['UPDATE', 'posts'], ...emptied],
  ],
])('%s', async (_what, operation, writes = []) => {
  const recorded: Case = {
    ...worked,
    operation,
    expect: { status: 'ok', writes },
  };
  expect(await judge(world.current, recorded)).toMatchObject({ problems: [] });
});
