import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type { Logger } from 'pino';

/**
 * Makes the service's log: a line of JSON for each entry on the standard
 * output. Passwords in addresses are blotted out wherever they stand.
 */
export function makeLogger(level: LogLevel): Logger {
  const out = destination({ fd: 1, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['password', '*.password', 'authorization', '*.authorization'],
    },
    { write: (line) => out.write(withoutPasswords(line)) },
  );
}

/** A text without the passwords of the addresses in it: `postgresql://ann:***@host/db`. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(\w:\/\/[^\s:/@"]*):[^\s/@"]*@/g, '$1:***@');
}
