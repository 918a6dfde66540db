import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../logger.ts';

/**
 * Gives every error of an answer its code and keeps it short; a request of which nothing ran is
 * logged in one line, and its status is that of the GraphQL-over-HTTP draft: 200 under
 * application/json, else 400.
 */
export function tidyErrors(logOfRequest: () => Logger): Plugin {
  return {
    onResultProcess({ result }) {
      if (!('errors' in result) || !result.errors?.length) return;
      const isRefused = !('data' in result);
      for (const error of result.errors) {
        error.message = shorten(error.message);
        const { extensions } = error;
        // Wrong variables, a null where an input takes none and a subscription have no code of
        // their own.
        extensions['code'] ??= 'BAD_USER_INPUT';
        if (isRefused && extensions['code'] === 'BAD_USER_INPUT') {
          extensions['http'] = { spec: true, status: 400 };
        }
      }
      const [first] = result.errors;
      const code = first?.extensions['code'];
      // What failed by itself is logged where it is masked.
      if (!isRefused || code === 'INTERNAL_SERVER_ERROR') return;
      logOfRequest().info({ code }, `request refused: ${first?.message}`);
    },
  };
}

/** An error may repeat so much of what was sent, in characters. */
const MOST = 200;

/** Leaves out the middle of a message that is too long: why comes last. */
function shorten(message: string): string {
  if (message.length <= MOST) return message;
  return `${message.slice(0, MOST / 2)} … ${message.slice(3 - MOST / 2)}`;
}
