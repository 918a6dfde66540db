import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type { Logger } from 'pino';

/**
 * Makes the service's log: an entry is a line of JSON for `write`, the standard output unless
 * given. Passwords in addresses are blotted out wherever they stand.
 */
export function makeLogger(
  level: LogLevel,
  write: (line: string) => void = toStandardOutput(),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: [
        'password',
        '*.password',
        'authorization',
        '*.authorization',
        // The driver's whole client, with the key that cancels its statements.
        'err.client',
      ],
    },
    { write: (line) => write(withoutPasswords(line)) },
  );
}

/** A text without the passwords of the addresses in it: `postgresql://ann:***@host/db`. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(\w:\/\/[^\s:/@"]*):[^\s/@"]*@/g, '$1:***@');
}

function toStandardOutput(): (line: string) => void {
  const out = destination({ fd: 1, sync: true });
  return (line) => out.write(line);
}
