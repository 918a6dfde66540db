import { onTestFinished } from 'vitest';

/** What a subscription delivers, as a test expects it. */
export type Delivery<Data> = {
  readonly data: Data;
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
};

/** A stream of server-sent events, as a reader has it. */
export type Stream<Data> = {
  readonly status: number;
  /** The next delivery; 'complete' and 'cut' are how the stream ends. */
  readonly next: () => Promise<Delivery<Data> | 'complete' | 'cut'>;
  readonly close: () => void;
};

/** How a stream is asked for, beyond its document. */
export type StreamOptions = {
  readonly variables?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'POST';
};

/** Subscribes over HTTP; the stream is closed at the end of the test. */
export async function openStream<Data>(
  url: string,
  query: string,
  { variables = {}, headers = {}, method = 'POST' }: StreamOptions = {},
): Promise<Stream<Data>> {
  const hangUp = new AbortController();
  onTestFinished(() => hangUp.abort());
  const get = `?${new URLSearchParams({ query, variables: JSON.stringify(variables) }).toString()}`;
  const response = await fetch(`${url}/graphql${method === 'GET' ? get : ''}`, {
    method,
    signal: hangUp.signal,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: JSON.stringify({ query, variables }) }),
  });
  const events = readEvents<Data>(response);
  return {
    status: response.status,
    async next() {
      const { value, done } = await events.next();
      return done === true ? 'cut' : value;
    },
    close: () => hangUp.abort(),
  };
}

async function* readEvents<Data>({ body }: Response): AsyncGenerator<Delivery<Data> | 'complete'> {
  if (body === null) return;
  let text = '';
  try {
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        if (event.startsWith('event: complete')) yield 'complete';
        const [, data] = /^event: next\ndata: (.*)$/.exec(event) ?? [];
        if (data !== undefined) yield JSON.parse(data) as Delivery<Data>;
      }
    }
  } catch {
    // The connection is cut.
  }
}
