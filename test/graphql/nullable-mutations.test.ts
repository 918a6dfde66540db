import { expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { execute } from '../support/execute.ts';

const blog = useBlog();

test('a request error of one root mutation hides no other that was kept, and stops none', async () => {
  const { data, errors } = await execute(
    blog.database.client,
    `mutation ($o: Boolean) {
      a: createPost(input: { title: "w" }) { __typename }
      b: updatePost(id: 1, input: { title: "lost" }, options: { dryRun: $o }) { __typename }
      c: createTag(input: { name: "sql" }) { __typename }
    }`,
    { o: null },
  );
  expect(data).toEqual({
    a: { __typename: 'CreatePostSuccess' },
    b: null,
    c: { __typename: 'CreateTagSuccess' },
  });
  expect(errors.map(({ path }) => path)).toEqual([['b']]);
  expect(await blog.changes()).toEqual([
    '+ post 201 w, body null, author null, v1',
    '+ tag 401 sql',
  ]);
});
