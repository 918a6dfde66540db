import SchemaBuilder from '@pothos/core';
import { defineDomain, owned } from 'prisma-assoc/changeset';
import type { TransactionClient } from 'prisma-assoc';
import { associationKit } from 'prisma-assoc/pothos';
import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { datamodel } from '../../src/generated/datamodel.ts';

/* What a schema may get wrong of the kit, as the one who writes it reads it. */

const ownBuilder = () => new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
const builder = ownBuilder();
const kit = associationKit(builder, blog, { client: ({ client }) => client });

// None of these asks its field builder for anything before it throws.
const t = {} as never;
const wrong = (name: string) => name as never;

const namesOf = (map: ReadonlyMap<string, unknown>) => [...map.keys()].join(', ');

const noAssociation =
  'Post has no association "nope". It has: author, comments, postTags, permalink, tags.';

/** Function, wrong use, call, message. */
const abuse: readonly (readonly [string, string, () => unknown, string])[] = [
  [
    'associationKit',
    'a builder that has a kit',
    () => associationKit(builder, blog, { client: ({ client }) => client }),
    'this builder has a kit already: take that one, and declare all models in its domain.',
  ],
  [
    'object',
    'a model that is not there',
    () => kit.object(wrong('Nope'), { description: '', fields: () => ({}) }),
    `there is no model "Nope". There are: ${namesOf(blog.models)}.`,
  ],
  [
    'association',
    'an association that is not there',
    () => kit.association(t, 'Post', 'nope', ''),
    noAssociation,
  ],
  [
    'association',
    'an association through others',
    () => {
      const domain = defineDomain(datamodel, {
        Author: { through: { commenters: ['posts', 'comments'] } },
      });
      associationKit(ownBuilder(), domain, { client: ({ client }) => client }).association(
        t,
        'Author',
        'commenters',
        '',
      );
    },
    'Author.commenters goes through other associations: show posts, then comments.',
  ],
  [
    'count',
    'an association that is not there',
    () => kit.count(t, 'Post', 'nope', ''),
    noAssociation,
  ],
  [
    'columns',
    'the description of what is no column',
    () => kit.columns(t, 'Post', { nope: 'Not there.' }),
    'Post has no column "nope". It has: id, title, body, authorId, lockVersion, insertedAt, updatedAt.',
  ],
  [
    'mutations',
    'a model that the domain does not declare',
    () => kit.mutations(t, wrong('PostTag')),
    `the domain does not declare "PostTag". It declares: ${namesOf(blog.aggregates)}.`,
  ],
  [
    'mutations',
    'a create of a record that nobody could fill',
    () => {
      const domain = defineDomain(datamodel, { Comment: { cast: ['body'] } });
      const own = associationKit(ownBuilder(), domain, { client: ({ client }) => client });
      own.mutations(t, 'Comment');
    },
    'cannot offer createComment: nothing gives "postId" of a new Comment a value, and its column takes no null. Cast it, give "post" a tool, put it in prepare, or give the column a default. Or leave the mutation out: { create: false }.',
  ],
  [
    'mutations',
    'an association through which nothing is built',
    () => kit.mutations(t, 'Post', { build: ['author'] }),
    'nothing is built through "author" of Post. What is: comments, permalink.',
  ],
];

test.each(abuse)('%s refuses %s', (_name, _use, call, message) => {
  expect(call).toThrow(new Error(message));
});

test('two entries of one name that hold other fields are refused, with the way out', () => {
  const own = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
  const domain = defineDomain(datamodel, {
    Author: { cast: ['name'], associations: { posts: owned() } },
    Post: { cast: ['title'] },
    Tag: {
      cast: ['name'],
      manyToMany: {
        posts: { joinThrough: ['postTags', 'post'], cast: { fields: ['body'], entry: 'CastPost' } },
      },
    },
  });
  const { object, mutations } = associationKit(own, domain, { client: ({ client }) => client });
  object('Author', {
    description: '',
    fields: (fields) => ({ id: fields.id({ resolve: () => '' }) }),
  });
  own.queryType({ fields: (fields) => ({ one: fields.id({ resolve: () => '' }) }) });
  own.mutationType({
    fields: (fields) => ({ ...mutations(fields, 'Author'), ...mutations(fields, 'Tag') }),
  });
  expect(() => own.toSchema()).toThrow(
    'the input CastPost is to hold title in one place, body in another. Name one of them in the domain, by "entry".',
  );
});
