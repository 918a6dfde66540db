import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A PostgreSQL server that runs already. */
export type RunningServer = { readonly pid: number; readonly port: number };

/**
 * The server that runs on the data folder `data`, as after our own process was killed: its
 * `postmaster.pid` names it. A file that names another program is removed: PostgreSQL would take
 * that for a server.
 */
export async function findRunningServer(data: string): Promise<RunningServer | undefined> {
  const file = join(data, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => '');
  const [pid, , , port] = text.split('\n').map(Number);
  if (!pid || !port || !isAlive(pid)) return undefined;
  if (await isServerOf(pid, data)) return { pid, port };
  await rm(file, { force: true });
  return undefined;
}

/** Whether a process with this id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Stops a server: its sessions are closed, and after `patience` ms it is made to leave at once. */
export async function stopServer(pid: number, patience = 10_000): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    if (await isGone(pid, patience)) return;
  }
  throw new Error(`the embedded PostgreSQL (process ${pid}) does not stop`);
}

/** The command line of a process; empty if it is not known. */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.replaceAll('\0', ' ');
  }
  const args = ['-o', 'command=', '-p', String(pid)];
  const found = await promisify(execFile)('ps', args).catch(() => undefined);
  return found?.stdout ?? '';
}

async function isServerOf(pid: number, data: string): Promise<boolean> {
  const command = await commandOf(pid);
  return command.includes('postgres') && command.includes(data);
}

async function isGone(pid: number, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
