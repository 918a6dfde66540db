import type { ServerResponse } from 'node:http';
import { closeOf } from './close-of.ts';
import type { HttpLimits } from './http-limits.ts';

/** Answers that go on for as long as their client listens. */
export type Streams = {
  /**
   * Makes an answer a stream, which is cut off at `until` (in ms since 1970) if not before; false where
   * there are as many as may be.
   */
  readonly add: (response: ServerResponse, until?: number) => boolean;
  readonly size: () => number;
  /** Cuts all of them off: their clients begin anew elsewhere. */
  readonly end: () => void;
};

/**
 * Makes the streams of a server. One that lasts too long is cut off, and so is one whose client takes
 * nothing though something waits for it.
 */
export function makeStreams({ maxStreams, streamTimeout, stallTimeout }: HttpLimits): Streams {
  /** Since when something waits in each of them; null where nothing does. */
  const open = new Map<ServerResponse, number | null>();
  const look = () => {
    const now = Date.now();
    for (const [response, since] of open) {
      if (!response.writableNeedDrain) open.set(response, null);
      else if (since === null) open.set(response, now);
      else if (now - since >= stallTimeout) response.destroy();
    }
  };
  const looking = setInterval(look, Math.ceil(stallTimeout / 4)).unref();
  return {
    add(response, until = Number.POSITIVE_INFINITY) {
      if (open.size >= maxStreams) return false;
      open.set(response, null);
      const life = Math.min(streamTimeout, until - Date.now());
      const timer = setTimeout(() => response.destroy(), life);
      void closeOf(response).then(() => {
        clearTimeout(timer);
        open.delete(response);
      });
      return true;
    },
    size: () => open.size,
    end() {
      clearInterval(looking);
      for (const response of open.keys()) response.destroy();
    },
  };
}
