export interface PageFile {
  readonly path: string;
  readonly text: string;
}

/** The files that a page of Markdown holds: its fenced blocks whose opening names a path behind the language. */
export function readPage(markdown: string): readonly PageFile[] {
  const blocks = markdown.matchAll(/^```\w+ (?<path>\S+)\n(?<text>.*?\n)```$/gms);
  return [...blocks].map(({ groups }) => ({ path: groups?.['path'] ?? '', text: groups?.['text'] ?? '' }));
}
