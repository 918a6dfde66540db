import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/server/embedded/embedded-postgres.ts';
import { makeLogger } from '../../src/server/logger.ts';
import { readConfig } from '../../src/server/config.ts';
import { startService } from '../../src/server/start.ts';

let folder = '';
let encrypted: EmbeddedPostgres | undefined;
let plain: EmbeddedPostgres | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  chmodSync(folder, 0o755);
  plain = await startEmbeddedPostgres({ folder: join(folder, 'plain') });
  const key = join(folder, 'server.key');
  const cert = join(folder, 'server.crt');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert, ...names], { stdio: 'pipe' });
  // The server takes a key that only it may read.
  const { uid, gid } = statSync(plain.home);
  chownSync(key, uid, gid);
  chmodSync(key, 0o600);
  encrypted = await startEmbeddedPostgres({
    folder: join(folder, 'encrypted'),
    settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key },
  });
});
afterAll(async () => {
  await encrypted?.stop();
  await plain?.stop();
  rmSync(folder, { recursive: true });
});

const address = (server: EmbeddedPostgres | undefined, parameters: string, host = 'localhost') =>
  `${server?.url.replace('127.0.0.1', host)}?${parameters}`;
const root = () => `sslrootcert=${join(folder, 'server.crt')}`;

/** True if a service starts on an address, else why it does not. */
async function starts(url: string): Promise<true | string> {
  const environment = { PORT: '0', DATABASE_URL: url, METRICS: 'false' };
  try {
    const service = await startService(readConfig(environment), makeLogger('silent'));
    await service.stop();
  } catch (error) {
    return String(error);
  }
  return true;
}

test.each(['require', 'prefer', 'allow', 'disable', 'no-verify'])(
  'sslmode=%s takes a certificate that nobody vouches for, or none',
  async (mode) => {
    expect(await starts(address(encrypted, `sslmode=${mode}`))).toBe(true);
  },
);

test.each(['prefer', 'allow', 'disable'])(
  'sslmode=%s takes a server without encryption',
  async (mode) => {
    expect(await starts(address(plain, `sslmode=${mode}`))).toBe(true);
  },
);

test('sslmode=require does not take one, and says what to do', async () => {
  expect(await starts(address(plain, 'sslmode=require'))).toMatch(/sslmode=disable goes without/);
});

test('sslmode=verify-full looks at the certificate and at the host name, verify-ca only at the first', async () => {
  expect(await starts(address(encrypted, `sslmode=verify-full&${root()}`))).toBe(true);
  expect(await starts(address(encrypted, 'sslmode=verify-full'))).toMatch(/sslrootcert=/);
  const byNumber = (mode: string) =>
    starts(address(encrypted, `sslmode=${mode}&${root()}`, '127.0.0.1'));
  expect(await byNumber('verify-full')).toMatch(/another host name/);
  expect(await byNumber('verify-ca')).toBe(true);
});
