import { destination, type Logger, pino, stdSerializers } from 'pino';
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
      redact: ['password', '*.password', 'authorization', '*.authorization'],
      serializers: { err: describeError },
    },
    { write: (line) => write(withoutPasswords(line)) },
  );
}

/**
 * What is logged of an error: its text and where it came from. Not what else hangs on it: the
 * database's detail of the values that it refuses, the driver's whole client.
 */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { type, message, stack, code } = stdSerializers.err(error);
  return { type, message, stack, code };
}

/** A text without the passwords of the addresses in it: `postgresql://ann:***@host/db`. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(\w:\/\/[^\s:/@"]*):[^\s/@"]*@/g, '$1:***@');
}

function toStandardOutput(): (line: string) => void {
  const out = destination({ fd: 1, sync: true });
  return (line) => out.write(line);
}
