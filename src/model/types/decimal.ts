// PostgreSQL's numeric holds so many digits before and after the point.
const MAX_WHOLE = 131_072;
const MAX_FRACTION = 16_383;

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,7}))?$/i;

/**
 * One text for each decimal number: digits with neither a plus nor an exponent nor idle zeros. Null
 * for what is no decimal number, or one that no numeric column can hold.
 */
export function readDecimal(text: string): string | null {
  const [, sign, before = '', after = '', exponent = '0'] = decimal.exec(text) ?? [];
  if (sign === undefined || before + after === '') return null;
  const point = before.length + Number(exponent);
  if (point > MAX_WHOLE || point < -MAX_FRACTION) return null;
  const digits = before + after;
  const whole = digits.slice(0, Math.max(point, 0)).padEnd(point, '0');
  const fraction = digits.slice(Math.max(point, 0));
  const head = whole.replace(/^0+(?=\d)/, '') || '0';
  const tail = (point < 0 ? '0'.repeat(-point) + fraction : fraction).replace(/0+$/, '');
  const all = tail === '' ? head : `${head}.${tail}`;
  return sign === '-' && all !== '0' ? `-${all}` : all;
}

/**
 * A decimal text of `readDecimal` with so many places after the point, null for as it is: rounded as
 * PostgreSQL rounds what a column cannot hold, halves away from zero.
 */
export function withPlaces(text: string, places: number | null): string {
  if (places === null) return text;
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const sign = text.startsWith('-') ? '-' : '';
  if (fraction.length <= places) return sign + joined(whole, fraction.padEnd(places, '0'));
  const up = (fraction[places] ?? '0') >= '5' ? 1n : 0n;
  const digits = (BigInt(whole + fraction.slice(0, places)) + up).toString();
  const padded = digits.padStart(places + 1, '0');
  const point = padded.length - places;
  return (digits === '0' ? '' : sign) + joined(padded.slice(0, point), padded.slice(point));
}

function joined(whole: string, fraction: string): string {
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** How many digits a decimal text has before the point; an idle zero is none. */
export function countWhole(text: string): number {
  const [whole = ''] = text.replace('-', '').split('.');
  return whole === '0' ? 0 : whole.length;
}

/** Compares two decimal texts of `readDecimal` to their last digit: below, at or above zero. */
export function compareDecimals(a: string, b: string): number {
  const places = Math.max(fractionOf(a).length, fractionOf(b).length);
  const difference = scaled(a, places) - scaled(b, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function fractionOf(text: string): string {
  return text.split('.')[1] ?? '';
}

/** The number as a count of its last places. */
function scaled(text: string, places: number): bigint {
  const [whole = '0'] = text.split('.');
  return BigInt(whole + fractionOf(text).padEnd(places, '0'));
}
