import { sslModes } from 'prisma-assoc/postgres';
import { z } from 'zod';

const DAY = 86_400_000;

/** A setting that is a time in ms, a day at most unless `most` is given. */
export function time(name: string, standard: number, most = DAY) {
  const unit = ' of milliseconds';
  return whole(name, { unit, least: 1, most }).default(standard);
}

/** A setting that is a time in ms, where 0 means not at all. */
export function delay(name: string) {
  return whole(name, { unit: ' of milliseconds', least: 0, most: DAY });
}

/** A setting that is a number of things. */
export function count(name: string, most: number, standard: number, least = 1) {
  return whole(name, { unit: '', least, most }).default(standard);
}

/** A setting that is a TCP port, where 0 means a free one. */
export function port(name: string) {
  return whole(name, { unit: '', least: 0, most: 65_535 });
}

/** A setting that is true or false. */
export function flag(name: string) {
  return z
    .enum(['true', 'false'], `${name} must be true or false`)
    .transform((value) => value === 'true');
}

/** A setting that is the address of a database. No message repeats it: there is a password in it. */
export function databaseAddress(name: string) {
  const form = `${name} must look like postgresql://user:password@host:5432/database`;
  return z
    .string()
    .refine(isPostgresUrl, { message: form, abort: true })
    .refine(hasSslMode, `sslmode of ${name} must be one of ${sslModes.join(', ')}`);
}

function isPostgresUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname } = new URL(value);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1;
}

function hasSslMode(value: string): boolean {
  const mode = new URL(value).searchParams.get('sslmode');
  return mode === null || sslModes.includes(mode);
}

/**
 * A setting of several values with commas between, each of which `isOne`; `form` says how they
 * look.
 */
export function list(isOne: (value: string) => boolean, form: string) {
  return z
    .string()
    .transform((values) => values.split(',').map((value) => value.trim()))
    .refine((values) => values.every(isOne), form)
    .default([]);
}

function whole(
  name: string,
  how: {
    readonly unit: string;
    readonly least: number;
    readonly most: number;
  },
) {
  const { unit, least, most } = how;
  const form = `${name} must be a whole number${unit} from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, form)
    .transform(Number)
    .refine((value) => value >= least && value <= most, form);
}
