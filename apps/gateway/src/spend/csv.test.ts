import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('has its cells between commas, and CRLF at its end', () => {
    expect(csvLine(['a', 1, '', 2_000_000])).toBe('a,1,,2000000\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['plain; text', 'plain; text'],
    ['a=b', 'a=b'],
  ])('holds %j as %s', (text, cell) => expect(csvLine([text])).toBe(`${cell}\r\n`));

  it.each([
    [`=cmd|' /C calc'!A0`, `'=cmd|' /C calc'!A0`],
    ['+1', `'+1`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t'=1`],
    ['\r=1', `"'\r'=1"`],
    ['\n=1', `"'\n'=1"`],
    ['＝1', `'＝1`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['x;=HYPERLINK("http://x";"y")', `"x;'=HYPERLINK(""http://x"";""y"")"`],
    ['x;=1', `x;'=1`],
    ['x\t@SUM(A1)', `x\t'@SUM(A1)`],
    ['x\r\n-1', `"x\r\n'-1"`],
    ['x; =1', `x;' =1`],
    ['x;"=1"', `"x;'""=1"""`],
    ['x;;+1;-2', `x;;'+1;'-2`],
    ['x;＋1', `x;'＋1`],
  ])('J-41: %j is text', (text, cell) => expect(csvLine([text])).toBe(`${cell}\r\n`));
});
