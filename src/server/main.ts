import { readConfig, StartError } from './config.ts';
import { withoutPasswords } from './logger.ts';
import { startService } from './start.ts';

try {
  const stopAsked = stopSignal();
  const service = await startService(readConfig(process.env));
  console.log(service.greeting);
  await stopAsked;
  await service.stop();
  // A transaction that was cut may hold its connection open for much longer.
  process.exit(0);
} catch (error) {
  console.error(error instanceof StartError ? `cannot start: ${error.message}` : tell(error));
  process.exit(1);
}

/**
 * Resolves at the first request to stop, by a terminal that is closed too; further ones change
 * nothing.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

function tell(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : error;
  return withoutPasswords(String(text));
}
