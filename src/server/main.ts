import { readConfig, StartError } from './config.ts';
import { withoutPasswords } from './logger.ts';
import { startService } from './start.ts';

try {
  const stop = listenForStop();
  const service = await startService(readConfig(process.env));
  if (process.stdout.isTTY) console.log(service.greeting);
  else service.logGreeting();
  await stop.asked;
  await service.stop(stop.hurry);
  // A transaction that was cut may hold its connection open for much longer.
  process.exit(0);
} catch (error) {
  console.error(error instanceof StartError ? `cannot start: ${error.message}` : tell(error));
  process.exit(1);
}

type Stop = {
  /** Resolves at the first request to stop. */
  readonly asked: Promise<void>;
  /**
   * Aborted by a second one, and by the first if somebody waits for it: by a terminal, which may be
   * closed too.
   */
  readonly hurry: AbortSignal;
};

function listenForStop(): Stop {
  const hurry = new AbortController();
  const asked = new Promise<void>((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isAsked || signal !== 'SIGTERM') hurry.abort();
        isAsked = true;
        resolve();
      });
    }
  });
  return { asked, hurry: hurry.signal };
}

function tell(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : error;
  return withoutPasswords(String(text));
}
