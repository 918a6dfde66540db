import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { cast } from '../../src/changeset/cast.ts';
import { validateLength } from '../../src/changeset/validate/validate-length.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { holds } from '../support/holds.ts';

const comment = buildStruct(blog.model('Comment'));

/** Whether a text is found to be of a length. */
function hasLength(body: string, is: number): boolean {
  const changeset = cast(comment, { body }, ['body'], { isEmpty: () => false });
  return validateLength(changeset, 'body', { is }).valid;
}

const family = '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}';
const parts = [
  'a',
  'é',
  'e\u0301',
  family,
  '\u{1F1E9}\u{1F1EA}',
  'ש',
  '\r\n',
  '\u{1F44D}\u{1F3FD}',
  '\u0301',
];

test('validateLength counts graphemes however long the text is', async () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  await holds(
    fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 900 }),
    (list) => {
      const text = list.join('');
      const whole = [...segmenter.segment(text)].length;
      expect(hasLength(text, whole)).toBe(true);
    },
    { numRuns: 50 },
  );
});

test.each([
  ['a million characters beyond ASCII', 'é'.repeat(1_000_000), 1_000_000],
  ['one character of a million marks', `e${'\u0301'.repeat(1_000_000)}`, 1],
  ['a hundred thousand families', family.repeat(100_000), 100_000],
])('validateLength counts %s', (_name, text, length) => {
  expect(hasLength(text, length)).toBe(true);
});
