import { Agent, request } from 'node:http';

/** Sends one GraphQL request on a connection of its own; an answer with errors throws. */
export type Send = (query: string, variables: object) => Promise<Readonly<Record<string, unknown>>>;

/** One client: what it sends after what it was answered. */
export type Client = (send: Send) => Promise<unknown>;

/** How many requests clients get answered in so many ms, per second; they take the servers in turns. */
export async function throughputOf(
  urls: readonly string[],
  clients: readonly Client[],
  duration: number,
): Promise<number> {
  const start = performance.now();
  const counts = await Promise.all(
    clients.map(async (client, index) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const send = makeSend(urls[index % urls.length] ?? '', agent);
      let count = 0;
      for (; performance.now() - start < duration; count += 1) await client(send);
      agent.destroy();
      return count;
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

function makeSend(url: string, agent: Agent): Send {
  return async (query, variables) => {
    const body = await post(url, agent, JSON.stringify({ query, variables }));
    const { data, errors } = JSON.parse(body) as Record<
      string,
      Record<string, unknown> | undefined
    >;
    if (errors || !data) throw new Error(`refused: ${body.slice(0, 500)}`);
    return data;
  };
}

function post(url: string, agent: Agent, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts: string[] = [];
      response.setEncoding('utf8');
      response.on('data', (part: string) => parts.push(part));
      response.on('end', () => resolve(parts.join('')));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
