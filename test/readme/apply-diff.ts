/**
 * A text changed as a diff says: each part of it, between `@@`, must stand in the text exactly
 * once. Lines without a mark and those with - are looked for, those with + come in.
 * @throws Error for a part that stands there never or twice.
 */
export function applyDiff(text: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((done, part) => {
    const lines = part.replace(/\n$/, '').split('\n');
    const before = linesOf(lines, '-');
    const found = `\n${done}`.split(`\n${before}\n`).length - 1;
    if (found !== 1) throw new Error(`found ${found} times:\n${before}`);
    const after = linesOf(lines, '+');
    return `\n${done}`.replace(`\n${before}\n`, () => `\n${after}\n`).slice('\n'.length);
  }, text);
}

function linesOf(lines: readonly string[], mark: '+' | '-'): string {
  return lines
    .filter((line) => line.startsWith(mark) || !/^[+-]/.test(line))
    .map((line) => line.slice(1))
    .join('\n');
}
