import * as fc from 'fast-check';
import type { GraphQLField } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { anyArgument } from '../support/any-input.ts';
import { writeBlog } from '../support/old-blog.ts';
import { changesetOf } from '../support/changeset.ts';
import { useDatabase } from '../support/database.ts';
import { holds } from '../support/holds.ts';
import { changesOf, changesOfRows, withoutNewIds } from '../support/row-changes.ts';
import { readTables } from '../support/rows.ts';
import { useService } from '../support/service.ts';

/*
 * Whatever the schema's types let through has an answer of the contract: never an error of the
 * service's own, nothing written unless it succeeds, every issue within the request, a dry run that
 * foretells the real one, and operations that are what happened to the rows.
 */

const database = useDatabase('once');
const service = useService(database);

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
const anyRequest = fc
  .constantFrom(...mutations)
  .chain((field) =>
    fc
      .record(
        Object.fromEntries(
          field.args.map((argument) => [argument.name, anyArgument(field.name, argument)]),
        ),
      )
      .map(({ options: _options, ...args }) => ({ field, args })),
  );

test('whatever the types let through is answered as the contract says', async () => {
  await holds(
    anyRequest,
    async ({ field, args }) => {
      await reset();
      const before = await readTables(database);
      const foretold = await send(field, {
        ...args,
        options: { dryRun: true },
      });
      expect(await readTables(database)).toEqual(before);
      const answer = await send(field, { ...args, options: null });
      const after = await readTables(database);
      if (answer['__typename'] === `${upperFirst(field.name)}Success`) {
        expect(foretold).toMatchObject({ __typename: 'DryRun' });
        const done = changesetOf(answer);
        expect(changesetOf(foretold)).toEqual(withoutNewIds(done));
        expect(changesOf(done)).toEqual(changesOfRows(before, after));
        return;
      }
      expect(after).toEqual(before);
      expect(foretold).toEqual(answer);
      for (const path of pathsOf(answer))
        expect(path).toSatisfy((steps: string[]) => isWithin(args, steps));
    },
    { numRuns: 80 },
  );
});

async function reset(): Promise<void> {
  await database.sql(`
    DELETE FROM posts_tags; DELETE FROM permalinks; DELETE FROM comments; DELETE FROM posts; DELETE FROM authors;
    DELETE FROM tags`);
  await writeBlog(database);
}

async function send(
  { name, args }: GraphQLField<unknown, unknown>,
  variables: object,
): Promise<Record<string, unknown>> {
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const document = `mutation (${declared}) { m: ${name}(${given}) {
    __typename
    ... on InvalidChangeset { issues { code message params path } }
    ... on StaleEntry { path type staleId: id }
    ... on NotFound { type id }
    ... on DryRun { changeset { ...C } }
    ... on ${upperFirst(name)}Success { changeset { ...C } }
  } }
  fragment C on Changeset {
    operations { action type id path reason changes { field from to } }
    counts { inserted updated deleted linked unlinked unchanged }
  }`;
  const { status, data, errors } = await service.sendText(document, {
    ...variables,
  });
  if (errors !== undefined) {
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    return { errors };
  }
  expect(status).toBe(200);
  return (data as { m: Record<string, unknown> }).m;
}

function pathsOf(answer: Record<string, unknown>): string[][] {
  const { issues, path } = answer as {
    issues?: { path: string[] }[];
    path?: string[];
  };
  return [...(issues ?? []).map((issue) => issue.path), ...(path ? [path] : [])];
}

/** Whether a path leads to something in the request, or to what is absent from something in it. */
function isWithin(request: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (typeof request !== 'object' || request === null) return false;
  const below: unknown = Object.entries(request).find(([name]) => name === step)?.[1];
  return rest.length === 0 || isWithin(below, rest);
}

function upperFirst(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
