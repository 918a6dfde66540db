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

/** A decimal text of `readDecimal` with so many places after the point at least; null for as it is. */
export function withPlaces(text: string, places: number | null): string {
  if (!places) return text;
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(places, '0')}`;
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
