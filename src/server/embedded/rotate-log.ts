import { copyFile, stat, truncate } from 'node:fs/promises';

/**
 * Starts a new log file once it is longer than `most` bytes: what is in it goes to `FILE.1`, in
 * place of what was there. A process that writes to it must append, and need not open it again.
 */
export async function rotateLog(file: string, most: number): Promise<void> {
  const { size } = await stat(file);
  if (size <= most) return;
  await copyFile(file, `${file}.1`);
  await truncate(file);
}
