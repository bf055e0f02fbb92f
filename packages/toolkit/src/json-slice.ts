const SPACE = /[ \t\n\r]/;
const VALUE_END = /[,\]} \t\n\r]|$/g;

/**
 * The value at `path` exactly as it is written in a JSON document that `JSON.parse` takes: its numbers, the order of its
 * keys and its spaces untouched. Nothing where there is none. Of a key that stands twice the last one counts, as it does
 * for `JSON.parse`.
 */
export function sliceJson(json: string, path: readonly (string | number)[]): string | undefined {
  let at: number | undefined = skipSpace(json, 0);
  for (const step of path) {
    at = typeof step === 'number' ? findItem(json, at, step) : findMember(json, at, step);
    if (at === undefined) return undefined;
  }
  return json.slice(at, valueEnd(json, at));
}

/** Where the value of `key` begins, in the object that begins at `start`. */
function findMember(json: string, start: number, key: string): number | undefined {
  if (json[start] !== '{') return undefined;
  const quoted = JSON.stringify(key);
  let found: number | undefined;
  let at = skipSpace(json, start + 1);
  while (json[at] === '"') {
    const keyEnd = stringEnd(json, at);
    const value = skipSpace(json, skipSpace(json, keyEnd) + 1);
    const written = json.slice(at, keyEnd);
    if (written === quoted || (written.includes('\\') && JSON.parse(written) === key)) found = value;
    at = nextMember(json, value);
  }
  return found;
}

/** Where the item at `index` begins, in the list that begins at `start`. */
function findItem(json: string, start: number, index: number): number | undefined {
  if (json[start] !== '[') return undefined;
  let at = skipSpace(json, start + 1);
  for (let i = 0; i < index && at < json.length; i += 1) at = nextMember(json, at);
  return at < json.length && json[at] !== ']' ? at : undefined;
}

/** Behind the value at `at` and the comma that follows it. At a closing bracket it stays there. */
function nextMember(json: string, at: number): number {
  if (json[at] === ']') return at;
  const end = skipSpace(json, valueEnd(json, at));
  return json[end] === ',' ? skipSpace(json, end + 1) : end;
}

function valueEnd(json: string, at: number): number {
  if (json[at] === '"') return stringEnd(json, at);
  if (json[at] === '{' || json[at] === '[') return nestedEnd(json, at);
  VALUE_END.lastIndex = at;
  return VALUE_END.exec(json)?.index ?? json.length;
}

/** Index behind the closing quote of the string that opens at `at`. */
function stringEnd(json: string, at: number): number {
  let end = at + 1;
  while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return end + 1;
}

function nestedEnd(json: string, at: number): number {
  let depth = 0;
  let end = at;
  while (end < json.length) {
    const char = json[end];
    if (char === '"') {
      end = stringEnd(json, end);
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    end += 1;
    if (depth === 0) break;
  }
  return end;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (SPACE.test(json.charAt(at))) at += 1;
  return at;
}
