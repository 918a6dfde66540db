import { describe, expect, test } from 'vitest';
import { useBlog } from '../../support/blog.ts';
import { issuesOf, operationsOf, type Outcome, refusalOf } from '../../support/write.ts';
import { type Cell, nameOf, readCells } from './cells.ts';
import { effects } from './effects.ts';
import { facts, factsOf } from './facts.ts';
import { type Mistake, mistakesOf } from './mistakes.ts';

const blog = useBlog();
const cells = readCells(Object.keys(facts));

/*
 * Every way of writing one of the blog's associations that the printed schema offers meets every
 * mistake that its fields allow. What a mistake is follows from the fields of the tool and of its
 * items; what is expected of an association stands in `facts`, what each onReplace does in
 * `effects`. A cell of these associations that they do not know fails.
 */

/**
 * Sends a tool of an association, and gives the answer in short: its paths from the association on.
 */
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
function chosen({ onReplace }: Cell, sends: Mistake['sends']): Mistake['sends'] {
  return onReplace === null ? sends : { onReplace, ...sends };
}

function shortAnswers(cell: Cell, outcome: Outcome): string[] {
  const { field } = factsOf(cell);
  const answers =
    outcome.__typename === 'InvalidChangeset' ? issuesOf(outcome) : [refusalOf(outcome)];
  return answers.map((text) => text.replace(new RegExp(`\\binput\\.${field}(\\.|$)`), ''));
}

describe('what is wrong is answered where it stands, and nothing is written:', () => {
  test.each(cells.map((cell) => [nameOf(cell), cell] as const))('%s', async (_name, cell) => {
    const mistakes = Object.entries(mistakesOf(cell));
    const answers: Record<string, readonly string[]> = {};
    for (const [name, mistake] of mistakes) {
      answers[name] = await answerOf(cell, mistake);
    }
    expect(answers).toEqual(
      Object.fromEntries(mistakes.map(([name, { answer }]) => [name, answer])),
    );
    expect(await blog.changes()).toEqual([]);
  });
});

/** Fields of tools and of their items that the mistakes above know. */
const knownFields = ['id', 'title', 'body', 'name', 'url', 'lockVersion', 'delete'];
const knownTerms = ['create', 'scope', 'expectedIds', 'onUnknown'];

test('every field of a tool has its mistakes', () => {
  const unknown = cells.flatMap(({ association, tool, terms, fields }) =>
    [
      ...terms.filter((name) => !knownTerms.includes(name)),
      ...fields.filter((name) => !knownFields.includes(name)),
    ].map((name) => `${association} ${tool} ${name}`),
  );
  expect(unknown).toEqual([]);
});

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
      expect(operationsOf(tried)).toEqual(operationsOf(written).map((line) => withoutNewIds(line)));
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
  return operation.replace(/^(\w+ \w+) [1-5]0\d\b/, '$1 null').replace(/-> "[1-5]0\d"/g, '-> null');
}
