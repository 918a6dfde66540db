import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, link, rm, writeFile } from 'node:fs/promises';

/** The user a program is to run as; undefined for the one we are. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

/**
 * Writes a file, whole or not at all, unless there is one: of several starts at once the first
 * decides for all. A start that is killed may leave its draft, which is named for the file and the
 * process.
 */
export async function writeFirst(file: string, text: string, account: Account): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600 });
  if (account) await chown(draft, account.uid, account.gid);
  await link(draft, file).catch((error: unknown) => {
    if (!existsSync(file)) throw error;
  });
  await rm(draft);
}
