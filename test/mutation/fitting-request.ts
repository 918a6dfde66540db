import fc from 'fast-check';
import type { Variables } from '../support/write.ts';

type Any = fc.Arbitrary<unknown>;

/** Any mutation of what is there: of the records and associations of the blog, seldom wrong. */
export function fittingRequest(): fc.Arbitrary<readonly [string, Variables]> {
  const id = (...ids: readonly string[]) =>
    fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...ids) },
      { weight: 1, arbitrary: fc.constantFrom('999', 'x') },
    );
  const text = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c d') },
    { weight: 1, arbitrary: fc.constantFrom('', null) },
  );
  const given = fc.constantFrom('a', 'b', 'c d');
  const tagName = fc.constantFrom('ecto', 'u', 'v', 'w', 'x', 'y', 'z');
  const url = fc.constantFrom('/one', '/u', '/v', '/w', '/x', '/y', '/z');
  const version = fc.oneof(
    { weight: 20, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constant(2) },
  );
  const some = (fields: Record<string, Any>): Any => fc.record(fields, { requiredKeys: [] });
  const list = (item: Any, most = 3): Any =>
    fc.uniqueArray(item, { maxLength: most, selector: nameOf });
  const onReplace = (...values: readonly string[]) =>
    fc.constantFrom('MARK_AS_INVALID', ...values, ...values, ...values);
  const onUnknown = fc.constantFrom('MARK_AS_INVALID', 'RELATE', 'RELATE');
  const scope = (...ids: readonly string[]) =>
    fc
      .tuple(fc.constantFrom('in', 'notIn', 'equals'), fc.constantFrom(...ids))
      .map(([operator, value]) => ({
        id: { [operator]: operator === 'equals' ? value : [value] },
      }));
  const ref = (...ids: readonly string[]) => fc.record({ id: id(...ids) });
  /** An entry of what is there, of something new, or its removal. */
  const entry = (ids: Any, fresh: Record<string, Any>, own: Record<string, Any>) =>
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.tuple(fc.record({ id: ids }), some(own)).map(merge),
      },
      { weight: 4, arbitrary: fc.record(fresh) },
      {
        weight: 1,
        arbitrary: fc.record({ id: ids, delete: fc.constant(true) }),
      },
    );
  const one = (name: string, value: Any): Any => fc.record({ [name]: value });
  const tool = (name: string, needed: Record<string, Any>, terms: Record<string, Any>) =>
    one(name, fc.tuple(fc.record(needed), some(terms)).map(merge));

  const commentIds = ['11', '12', '13', '21', '31'] as const;
  const tagIds = ['41', '42', '43'] as const;
  const comments = fc.oneof(
    tool(
      'cast',
      {
        entries: list(
          entry(id(...commentIds), { body: given }, { body: text, lockVersion: version }),
        ),
      },
      { onReplace: onReplace('DELETE'), onUnknown, scope: scope(...commentIds) },
    ),
    tool(
      'put',
      { refs: list(ref(...commentIds)), onReplace: onReplace('DELETE') },
      { scope: scope(...commentIds) },
    ),
    one('build', list(fc.record({ body: given }), 2)),
  );
  const tagRef = fc.oneof(ref(...tagIds), fc.record({ name: tagName }));
  const tags = fc.oneof(
    tool(
      'cast',
      {
        entries: list(entry(id(...tagIds), { name: tagName }, { name: tagName })),
      },
      { onReplace: onReplace('DELETE'), onUnknown, scope: scope(...tagIds) },
    ),
    tool(
      'put',
      { refs: list(tagRef), create: fc.constant(true) },
      { onReplace: onReplace('DELETE'), scope: scope(...tagIds) },
    ),
    one('build', list(fc.record({ name: tagName }), 2)),
  );
  const permalinkRef = fc.oneof(
    ref('51', '53', '59'),
    fc.record({ url: fc.constantFrom('/one', '/three', '/loose') }),
  );
  const permalink = fc.oneof(
    tool(
      'cast',
      {
        entry: fc.option(fc.oneof(fc.record({ url }), fc.record({ id: id('51', '53'), url }))),
      },
      { onReplace: onReplace('NILIFY', 'UPDATE', 'DELETE') },
    ),
    tool('put', { ref: fc.option(permalinkRef) }, { onReplace: onReplace('NILIFY', 'DELETE') }),
    one('build', fc.record({ url })),
  );
  const below = { comments, tags, permalink };
  const postIds = ['1', '2', '3', '4'] as const;
  const posts = fc.oneof(
    tool(
      'cast',
      {
        entries: list(
          entry(
            id('1', '2', '3'),
            { title: given, ...below },
            { title: text, body: text, lockVersion: version, ...below },
          ),
        ),
      },
      { onReplace: onReplace('NILIFY', 'DELETE'), onUnknown, scope: scope(...postIds) },
    ),
    tool('put', { refs: list(ref(...postIds)) }, { onReplace: onReplace('NILIFY', 'DELETE') }),
    one(
      'build',
      list(fc.tuple(fc.record({ title: given }), some({ body: text, ...below })).map(merge)),
    ),
  );
  const parent = (field: string, ...ids: readonly string[]) =>
    fc.oneof(
      tool(
        'cast',
        {
          entry: fc.option(
            fc.oneof(
              fc.record({ [field]: given }),
              fc.record({ id: id('1', '2'), [field]: given }),
            ),
          ),
        },
        { onReplace: onReplace('NILIFY', 'UPDATE') },
      ),
      tool('put', { ref: fc.option(ref(...ids)) }, { onReplace: onReplace('NILIFY') }),
    );
  const author = parent('name', '1', '2', '3');
  const ofPost = {
    title: text,
    body: text,
    lockVersion: version,
    author,
    ...below,
  };
  const update = (mutation: string, ids: Any, input: Any) =>
    fc.record({ id: ids, input }).map((sent) => [mutation, sent] as const);
  const create = (mutation: string, input: Any) =>
    fc.record({ input }).map((sent) => [mutation, sent] as const);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: update(
        'updateAuthor',
        id('1', '2'),
        fc.tuple(fc.record({ posts }), some({ name: text, lockVersion: version })).map(merge),
      ),
    },
    {
      weight: 5,
      arbitrary: update('updatePost', id('1', '2', '3', '4'), some(ofPost)),
    },
    {
      weight: 2,
      arbitrary: create(
        'createPost',
        fc.tuple(fc.record({ title: given }), some({ body: text, author, ...below })).map(merge),
      ),
    },
    {
      weight: 2,
      arbitrary: create('createAuthor', fc.record({ name: given, posts })),
    },
    {
      weight: 2,
      arbitrary: update(
        'updateComment',
        id(...commentIds),
        some({ body: text, post: parent('title', '1', '2', '3') }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          ['deletePost', postIds] as const,
          ['deleteAuthor', postIds] as const,
          ['deleteComment', commentIds] as const,
          ['deleteTag', ['41', '42', '43']] as const,
        )
        .chain(([mutation, ids]) => id(...ids).map((given) => [mutation, { id: given }] as const)),
    },
  );
}

/** What an item of a list is known by: an entry that is named twice would be refused. */
function nameOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const { id, name = item } = item as { readonly id?: unknown; readonly name?: unknown };
  return id ?? name;
}

function merge([first, second]: readonly [object, unknown]): object {
  return { ...first, ...(second as object) };
}
