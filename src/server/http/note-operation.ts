import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ServerContext } from './under-way.ts';

/** Notes which operation of a document is run. */
export const noteOperation: Plugin<ServerContext> = { onExecute: note, onSubscribe: note };

function note({ args }: { readonly args: ExecutionArgs & { contextValue: ServerContext } }): void {
  const { operation, name } = getOperationAST(args.document, args.operationName) ?? {};
  const known = { type: operation ?? null, operation: name?.value.slice(0, MOST_NAME) ?? null };
  Object.assign(args.contextValue.underWay.account, known);
}

// Characters.
const MOST_NAME = 128;
