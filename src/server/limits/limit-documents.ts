import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { DocumentLimits } from './document-limits.ts';
import { measureDocument } from './measure-document.ts';
import { measureVariables } from './measure-variables.ts';
import { scanDocument } from './scan-document.ts';

/**
 * Refuses documents and variables that hold more than they may, before anything of them is parsed,
 * validated or run.
 */
export function limitDocuments(limits: DocumentLimits): Plugin {
  // Parsed documents are kept for the next time.
  const measured = new WeakSet<DocumentNode>();
  return {
    onParams({ params: { query, variables } }) {
      measureVariables(variables, limits);
      if (typeof query === 'string') scanDocument(query, limits);
    },
    onParse() {
      return ({ result }) => {
        if (!isDocument(result) || measured.has(result)) return;
        measureDocument(result, limits);
        measured.add(result);
      };
    },
  };
}

function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'kind' in result;
}
