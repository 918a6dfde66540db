#!/usr/bin/env node
/*
 * A Prisma generator: writes the datamodel of a schema as a TypeScript module. Prisma talks to it in
 * lines of JSON, on stdin and back on stderr.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Dmmf } from './dmmf.ts';
import { toDatamodel } from './to-datamodel.ts';

/** What Prisma asks for. */
type Question = { readonly id: number } & (
  { readonly method: 'getManifest' } | { readonly method: 'generate'; readonly params: Schema }
);

interface Schema {
  readonly generator: {
    readonly name: string;
    readonly output?: { readonly value: string | null } | null;
  };
  readonly dmmf: { readonly datamodel: Dmmf };
  /** The text of the schema. */
  readonly datamodel: string;
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question;
  const answer = await answerTo(question).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: { code: -32_000, message: messageOf(error) } }),
  );
  process.stderr.write(`${JSON.stringify({ jsonrpc: '2.0', id: question.id, ...answer })}\n`);
}

async function answerTo(question: Question): Promise<object | null> {
  if (question.method === 'getManifest') return { manifest: { prettyName: 'prisma-assoc' } };
  await generate(question.params);
  return null;
}

async function generate({ generator, dmmf, datamodel }: Schema): Promise<void> {
  const output = generator.output?.value ?? '';
  if (!output.endsWith('.ts')) {
    throw new Error(
      `the generator ${generator.name} does not know which file to write: name one as output = "../src/generated/assoc.ts".`,
    );
  }
  await mkdir(dirname(output), { recursive: true });
  await writeFile(
    output,
    moduleOf(JSON.stringify(toDatamodel(dmmf.datamodel, datamodel), null, 1)),
  );
}

/** The datamodel under a name of its own: errors and declarations name it, not the whole of it. */
function moduleOf(datamodel: string): string {
  return `/* eslint-disable */
/* Made by prisma-assoc from the Prisma schema: change that, then run prisma generate. */

const literal = ${datamodel} as const;

type Literal = typeof literal;

/** The datamodel of the Prisma schema. */
export interface AppDatamodel extends Literal {}

/** The datamodel of the Prisma schema. */
export const datamodel: AppDatamodel = literal;
`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
