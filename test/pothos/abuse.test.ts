import SchemaBuilder from '@pothos/core';
import { defineDomain, owned } from 'prisma-assoc/changeset';
import type { TransactionClient } from 'prisma-assoc';
import { associationKit } from 'prisma-assoc/pothos';
import { expect, test } from 'vitest';
import type { Datamodel } from '../../src/model/datamodel/datamodel.ts';
import { blog } from '../../src/blog/domain.ts';
import { datamodel } from '../../src/generated/datamodel.ts';
import { datamodel as everyType } from '../ecto/generated/datamodel.ts';

/* What a schema may get wrong of the kit, as the one who writes it reads it. */

const builder = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
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
    'record',
    'a model whose key has two fields',
    () => kit.record(t, 'PostTag', 'A link.'),
    'PostTag has no id: its primary key is postId, tagId.',
  ],
  [
    'mutations',
    'a model that the domain does not declare',
    () => kit.mutations(t, wrong('PostTag')),
    `the domain does not declare "PostTag". It declares: ${namesOf(blog.aggregates)}.`,
  ],
  [
    'mutations',
    'an association through which nothing is built',
    () => kit.mutations(t, 'Post', { build: ['author'] }),
    'nothing is built through "author" of Post. What is: comments, permalink, tags.',
  ],
];

test.each(abuse)('%s refuses %s', (_name, _use, call, message) => {
  expect(call).toThrow(new Error(message));
});

test.each([
  ['amount', 'Decimal'],
  ['texts', 'String[]'],
])('the column %s, which GraphQL has no scalar for, is refused with the way out', (name, type) => {
  const own = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
  const { columns } = associationKit(own, defineDomain(everyType, { Sample: {} }), {
    client: ({ client }) => client,
  });
  expect(() => columns(t, 'Sample', { [name]: '' })).toThrow(
    `Sample.${name} is of type ${type}, for which there is no GraphQL scalar. Leave it out of what is cast and shown, or show it by a field of your own.`,
  );
});

test('a model named as a type of the kit is refused, not taken for it', () => {
  const own = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
  const issues: Datamodel = {
    enums: {},
    models: { Issue: { ...datamodel.models.Tag, associations: {} } },
  };
  const tracker = associationKit(own, defineDomain(issues, { Issue: {} }), {
    client: ({ client }) => client,
  });
  expect(() => tracker.object('Issue', { description: '', fields: () => ({}) })).toThrow(
    'Duplicate typename: Another type with name Issue already exists.',
  );
});

test('two entries of one name that hold other fields are refused, with the way out', () => {
  const own = new SchemaBuilder<{ Context: { client: TransactionClient } }>({});
  const domain = defineDomain(datamodel, {
    Author: { cast: ['name'], associations: { posts: owned() } },
    Post: { cast: ['title'] },
    Tag: {
      cast: ['name'],
      manyToMany: { posts: { joinThrough: ['postTags', 'post'], cast: { fields: ['body'] } } },
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
