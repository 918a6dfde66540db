/** What an address of a database says. */
export type Address = {
  /** As the driver takes it. */
  readonly url: string;
  /** Where the tables are: `?schema=app`; public unless it is said. */
  readonly schema: string;
  /**
   * Whether a pooler is in between that hands a connection on after each transaction:
   * `?pgbouncer=true`, and `named` if it keeps named statements, as PgBouncer does from 1.21.
   */
  readonly pooler: 'none' | 'transaction' | 'named';
  /** The names of parameters that have no effect. */
  readonly unknown: readonly string[];
};

/** The values of sslmode: libpq's, and `no-verify`, the driver's own. */
export const sslModes: readonly string[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'no-verify',
];

/** Reads the address of a database. An `sslmode` in it has the meaning that it has for libpq. */
export function readAddress(text: string): Address {
  const address = new URL(text);
  const parameters = address.searchParams;
  const schema = parameters.get('schema') ?? 'public';
  const pgbouncer = parameters.get('pgbouncer');
  const sslmode = parameters.get('sslmode');
  for (const name of OURS) parameters.delete(name);
  // Else the driver takes each of them for verify-full.
  if (sslmode !== null && sslmode !== 'no-verify') parameters.set('uselibpqcompat', 'true');
  return {
    url: address.href,
    schema,
    pooler: pgbouncer === 'true' ? 'transaction' : pgbouncer === 'named' ? 'named' : 'none',
    unknown: [...new Set(parameters.keys())].filter((name) => !DRIVERS.has(name)),
  };
}

/**
 * The addresses to try, in this order: under `sslmode=prefer` and `allow` one with and one without
 * encryption.
 */
export function addressesToTry(text: string): readonly string[] {
  const mode = new URL(text).searchParams.get('sslmode');
  if (mode !== 'prefer' && mode !== 'allow') return [text];
  const encrypted = withParameter(text, 'sslmode', 'require');
  const plain = withParameter(text, 'sslmode', 'disable');
  return mode === 'prefer' ? [encrypted, plain] : [plain, encrypted];
}

/** An address with one more parameter. */
export function withParameter(text: string, name: string, value: string): string {
  const address = new URL(text);
  address.searchParams.set(name, value);
  return address.href;
}

const OURS = ['schema', 'pgbouncer'];

/** The driver's parameters. */
const DRIVERS: ReadonlySet<string> = new Set(
  `host port user password dbname options client_encoding application_name fallback_application_name
   ssl sslmode sslcert sslkey sslrootcert sslnegotiation channel_binding uselibpqcompat
   connect_timeout keepalives keepalives_idle target_session_attrs`.split(/\s+/),
);
