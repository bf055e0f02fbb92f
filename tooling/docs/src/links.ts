/** A page of Markdown, as far as its links are concerned. */
export interface Page {
  /** What its links name, as they stand there: `limits.md#tokens`, `#tokens`, `https://…`. */
  readonly links: readonly string[];
  /** What others may name behind a `#`. */
  readonly anchors: ReadonlySet<string>;
  /** What stands between single backquotes. */
  readonly codes: readonly string[];
}

const FENCE = /^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm;

/** Links, headings and inline code of a page. What stands in fenced blocks is none of them. */
export function readPage(text: string): Page {
  const prose = text.replaceAll(FENCE, '');
  const spans = [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code = '']) => code);
  const bare = prose.replaceAll(/(?<!`)`[^`\n]+`(?!`)/g, 'code');
  return {
    links: [...bare.matchAll(/\]\(([^()\s]+)\)/g)].map(([, link = '']) => link),
    anchors: anchorsOf(prose),
    codes: spans,
  };
}

/** As GitHub makes them: small letters, no punctuation, hyphens for blanks, and a number where one comes again. */
function anchorsOf(prose: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    let name = anchor;
    for (let time = 1; anchors.has(name); time += 1) name = `${anchor}-${time}`;
    anchors.add(name);
  }
  return anchors;
}
