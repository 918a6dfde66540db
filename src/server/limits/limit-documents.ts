import { setImmediate } from 'node:timers/promises';
import type { DocumentNode, ExecutionArgs } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { checkVariables } from './check-variables.ts';
import type { DocumentLimits } from './document-limits.ts';
import { measureCost } from './measure-cost.ts';
import { measureDocument } from './measure-document.ts';
import { measureArguments } from './measure-arguments.ts';
import { measureVariables } from './measure-variables.ts';
import { scanDocument } from './scan-document.ts';
import { scanJson } from './scan-json.ts';

/**
 * Refuses documents and variables that hold more than they may, before anything of them is parsed,
 * validated or run. Between these steps on a large request others have their turn.
 */
export function limitDocuments(limits: DocumentLimits): Plugin {
  const jsonLimits = {
    maxNesting: limits.maxNesting + LEVELS_AROUND,
    maxValues: limits.maxVariableValues + VALUES_AROUND,
  };
  const large = new WeakSet<Request>();
  const inTurn = (request: Request, step: () => void) =>
    large.has(request) ? runInTurn(step) : step();
  const measureOperation = ({ args }: { readonly args: Operation }) => {
    const { request } = args.contextValue;
    return inTurn(request, () => {
      measureArguments(args, limits);
      measureCost(args, limits);
      if (large.has(request)) checkVariables(args);
    });
  };
  // Parsed documents are kept for the next time.
  const measured = new WeakSet<DocumentNode>();
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      const type = request.headers.get('content-type') ?? '';
      if (!requestParser || request.method !== 'POST') return;
      if (!JSON_TYPE.test(type)) return;
      setRequestParser(async (post) => {
        const body = await post.text();
        if (body.length > LARGE) large.add(request);
        await inTurn(request, () => scanJson(body, jsonLimits));
        const { url, method, headers } = post;
        return requestParser(new fetchAPI.Request(url, { method, headers, body }));
      });
    },
    onParams({ request, params: { query, variables } }) {
      return inTurn(request, () => {
        measureVariables(variables, limits);
        if (typeof query === 'string') scanDocument(query, limits);
      });
    },
    onParse() {
      return ({ result }) => {
        if (!isDocument(result) || measured.has(result)) return;
        measureDocument(result, limits);
        measured.add(result);
      };
    },
    onExecute: measureOperation,
    onSubscribe: measureOperation,
  };
}

/** Runs a step; others have their turn before and after it. */
async function runInTurn(step: () => void): Promise<void> {
  await setImmediate();
  step();
  await setImmediate();
}

type Operation = ExecutionArgs & { readonly contextValue: YogaInitialContext };

/** Characters of a body from which on it is large. */
const LARGE = 10_000;

const JSON_TYPE = /^application\/(graphql\+)?json/;

/** The request's own object, and that of the variables. */
const LEVELS_AROUND = 2;

/** The request's own fields, and what a client may put into its extensions. */
const VALUES_AROUND = 100;

function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'kind' in result;
}
