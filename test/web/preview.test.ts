import fc from 'fast-check';
import { planWrite, valueText } from 'prisma-assoc/changeset';
import { beforeEach, expect, test } from 'vitest';
import { seed } from '../../src/server/database/seed.ts';
import { changesetOf, tagsOf } from '../../src/web/form/changeset.ts';
import { type Draft, draftOf, type Post, textsOf } from '../../src/web/form/draft.ts';
import * as edit from '../../src/web/form/edit.ts';
import { postInput } from '../../src/web/form/input.ts';
import { PostDocument } from '../../src/web/generated/graphql.ts';
import { useDatabase } from '../support/database.ts';
import { holds } from '../support/holds.ts';
import { useService } from '../support/service.ts';

/*
 * The page foretells what a save does without asking the service, and sends it in the words of the
 * API: both must say the same, whatever somebody has typed.
 */

const database = useDatabase();
const service = useService(database);

beforeEach(() => seed(database.client));

const text = fc.constantFrom('one', 'two', 'three');
const step = fc.oneof(
  fc.record({ field: fc.constantFrom('title', 'body', 'url'), value: text }).map(
    ({ field, value }) =>
      (draft: Draft) =>
        edit.setText(draft, field, value),
  ),
  fc.constant((draft: Draft) => edit.setText(draft, 'url', '')),
  fc.record({ at: fc.nat(5), value: text }).map(
    ({ at, value }) =>
      (draft: Draft) =>
        edit.setComment(draft, draft.comments[at]?.key ?? '', value),
  ),
  fc.nat(5).map((at) => (draft: Draft) => edit.removeComment(draft, draft.comments[at]?.key ?? '')),
  text.map(
    (value) => (draft: Draft) =>
      edit.setComment(
        edit.addComment(draft, `new-${draft.comments.length}`),
        `new-${draft.comments.length}`,
        value,
      ),
  ),
  fc
    .constantFrom('ecto', 'elixir', 'one')
    .map((name) => (draft: Draft) => edit.addTag(draft, name)),
  fc
    .constantFrom('ecto', 'elixir', 'one')
    .map((name) => (draft: Draft) => edit.removeTag(draft, name)),
);

test('what the page foretells is what a dry run says and a save does', async () => {
  await holds(
    fc.array(step, { maxLength: 8 }),
    async (steps) => {
      const before = await read();
      const known = new Map((await allTags()).map(({ id, name }) => [name, id]));
      const made = steps.reduce((draft, next) => next(draft), draftOf(before));
      const draft = made.tags.reduce((now, { name }) => {
        const id = known.get(name);
        return id === undefined ? now : edit.knowTag(now, { id, name });
      }, made);
      expect(await send(draft, true)).toEqual(foretold(draft));
      expect(await send(draft, false)).toHaveLength(foretold(draft).length);
      const after = await read();
      expect(textsOf(after)).toEqual({ title: draft.title, body: draft.body, url: draft.url });
      const kept = draft.comments.filter(({ removed }) => !removed);
      expect(after.comments.map(({ body }) => body)).toEqual(kept.map(({ body }) => body));
      expect(after.tags.map(({ name }) => name).toSorted()).toEqual(
        tagsOf(draft)
          .map(({ name }) => name)
          .toSorted(),
      );
    },
    {
      numRuns: 10,
      examples: [
        [
          (draft) => edit.setText(draft, 'url', 'first'),
          (draft) => edit.setComment(edit.addComment(draft, 'new'), 'new', 'Second'),
        ],
      ],
    },
  );
});

function foretold(draft: Draft): readonly string[] {
  return planWrite(changesetOf(draft)).plan.operations.flatMap((operation) => {
    const { action, model, row } = operation;
    if (action === 'unchanged') return [];
    const key = 'key' in row ? Object.values(row.key).map(valueText).join() : 'new';
    return [`${action} ${model} ${key}`.toLowerCase()];
  });
}

async function send(draft: Draft, dryRun: boolean): Promise<readonly string[]> {
  const { data } = await service.sendText(
    `mutation ($input: UpdatePostInput!, $options: WriteOptions) {
      updatePost(id: 7, input: $input, options: $options) {
        __typename
        ... on UpdatePostSuccess { changeset { ...Operations } }
        ... on DryRun { changeset { ...Operations } }
      }
    }
    fragment Operations on Changeset { operations { action type recordId } }`,
    { input: postInput(draft), options: { dryRun } },
  );
  const { operations } = (data as { updatePost: { changeset: { operations: Operation[] } } })
    .updatePost.changeset;
  return operations
    .filter(({ action }) => action !== 'UNCHANGED')
    .map(({ action, type, recordId }) => `${action} ${type} ${recordId ?? 'new'}`.toLowerCase());
}

type Operation = {
  readonly action: string;
  readonly type: string;
  readonly recordId: string | null;
};

async function read(): Promise<Post> {
  const { data } = await service.send(PostDocument, { id: '7' });
  if (data.post === null) throw new Error('the post is gone');
  return data.post;
}

function allTags(): Promise<{ id: string; name: string }[]> {
  return database.sql('SELECT id::text AS id, name FROM tags');
}
