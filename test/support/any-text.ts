import fc from 'fast-check';

const character = fc
  .integer({ min: 0, max: 0x10ffff - 0x800 })
  .map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));

/**
 * Any text but halves of characters. The unit `binary` of fast-check says the same, and first takes
 * seconds to make a table of all characters.
 */
export function anyText(most: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...most, unit: character });
}
