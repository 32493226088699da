import { randomBytes } from 'node:crypto';

/** The name of an entry of the history, `20261125-230550-4f2a`: its time in UTC, so that names sort by age. */
export function entryName(milliseconds: number): string {
  const [date, time] = new Date(milliseconds).toISOString().replaceAll(/[-:]/g, '').split('T');
  return `${date}-${time!.slice(0, 6)}-${randomBytes(2).toString('hex')}`;
}

/** Whether a text is the name of an entry of the history. */
export function isEntryName(text: string): boolean {
  return /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(text);
}
