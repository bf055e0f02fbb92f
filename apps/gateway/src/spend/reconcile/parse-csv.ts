/** A field in quotes, with quotes in it doubled, or one without; what follows it ends the field or the record. RFC 4180. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;

/** The records of a CSV file with names of columns in its first one. Throws for what is no CSV. */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [names = [], ...records] = recordsOf(text.replace(/^\uFEFF/, ''));
  return records
    .filter((fields) => fields.length > 1 || fields[0] !== '')
    .map((fields) => Object.fromEntries(names.map((name, column) => [name.trim(), fields[column] ?? ''])));
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [[]];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex <= text.length) {
    const field = FIELD.exec(text);
    if (!field) throw new Error(`line ${records.length} is no CSV`);
    const [, quoted, plain = '', end] = field;
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') break;
    if (end !== ',') records.push([]);
  }
  return records;
}
