const dateTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * A point in time from ISO 8601 text, which without an offset is UTC; to the millisecond, the rest
 * is cut. Null for other text and for days and hours that no calendar has.
 */
export function readDateTime(text: string): Date | null {
  const [, year, month, day, time = '00:00', second = '00', ms = '', zone = ''] =
    dateTime.exec(text) ?? [];
  if (year === undefined || time.startsWith('24')) return null;
  const local = new Date(
    `${year}-${month}-${day}T${time}:${second}.${ms.slice(0, 3).padEnd(3, '0')}Z`,
  );
  // JavaScript takes February 30 for March 1.
  if (local.getUTCDate() !== Number(day)) return null;
  return new Date(local.getTime() - offsetOf(zone));
}

/** The day of a point in time, at midnight UTC. */
export function dayOf(date: Date): Date {
  return new Date(date.toISOString().slice(0, 10));
}

/** The time of day of a point in time, in UTC, on the day that Prisma reads it on. */
export function timeOf(date: Date): Date {
  return new Date(`1970-01-01${date.toISOString().slice(-14)}`);
}

/** An offset from UTC in ms. */
function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -size : size;
}
