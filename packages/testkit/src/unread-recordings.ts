import { existsSync, readdirSync } from 'node:fs';

const STREAMS = ['sse', 'ndjson', 'bin'] as const;

/** What a file of a case is nothing without: one of these beside it. */
const PARTNERS: Readonly<Record<string, readonly string[]>> = {
  'request.json': ['upstream.json', 'upstream.form.json'],
  'adjustments.json': ['request.json'],
  'response.json': ['result.json'],
  'result.json': ['response.json'],
  'events.json': STREAMS,
  'error.json': STREAMS,
};

/**
 * The files of a folder of recordings that no test reads, each with why: its name belongs to nothing that the provider has,
 * or the file that it goes with is missing. `prefixes` are the names of operations and dialects.
 */
export function unreadRecordings(folder: URL, prefixes: readonly string[]): readonly string[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => !/\.(?:md|ts)$/.test(file)) : [];
  const there = new Set(files);
  return files.flatMap((file) => {
    const name = file.split('.', 1)[0] ?? '';
    const kind = file.slice(name.length + 1);
    if (!prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}-`))) {
      return [`${file}: the provider has none of ${prefixes.join(', ')} by the first word of this name`];
    }
    const partners = PARTNERS[kind];
    if (!partners || partners.some((partner) => there.has(`${name}.${partner}`))) return [];
    return [`${file}: ${partners.map((partner) => `${name}.${partner}`).join(' or ')} is missing`];
  });
}
