import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { Client, type CombinedError, fetchExchange } from '@urql/core';
import { authorization, fetchSigned } from './token.ts';

const client = new Client({
  url: '/graphql',
  exchanges: [fetchExchange],
  fetch: fetchSigned,
  preferGetMethod: false,
  // What others have written meanwhile matters more than a request that is spared.
  requestPolicy: 'network-only',
  fetchOptions: () => ({ headers: authorization() }),
});

/** A document of the generated code: its text, and the types of what goes in and comes out. */
type Document<Data, Variables> = DocumentTypeDecoration<Data, Variables> & { toString(): string };

/** What came of a request: its data, or why there are none, in a sentence to show. */
export type Answer<Data> =
  | { readonly kind: 'data'; readonly data: Data }
  | { readonly kind: 'failed'; readonly message: string };

/** Sends a query. */
export async function ask<Data, Variables extends object>(
  document: Document<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  return answerOf(await client.query<Data>(document.toString(), variables).toPromise());
}

/** Sends a mutation. */
export async function write<Data, Variables extends object>(
  document: Document<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  return answerOf(await client.mutation<Data>(document.toString(), variables).toPromise());
}

/** Why the service refuses a token; null if it takes it. */
export async function refusalOf(token: string): Promise<string | null> {
  const fetchOptions = { headers: authorization(token) };
  const { error } = await client.query('{ __typename }', {}, { fetchOptions }).toPromise();
  return error ? messageOf(error) : null;
}

function answerOf<Data>({
  data,
  error,
}: {
  readonly data?: Data | undefined;
  readonly error?: CombinedError | undefined;
}): Answer<Data> {
  if (error) return { kind: 'failed', message: messageOf(error) };
  if (data) return { kind: 'data', data };
  return { kind: 'failed', message: 'The service gave no answer.' };
}

function messageOf({ graphQLErrors: [first], networkError }: CombinedError): string {
  if (first) return first.message;
  return networkError ? 'The service cannot be reached. Try again.' : 'The service gave no answer.';
}
