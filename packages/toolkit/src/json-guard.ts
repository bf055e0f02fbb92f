import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import { isExactNumber, parseScanned } from './json.js';
import { scanJson, stringEnd } from './json-scan.js';
import type { ScanLimits } from './json-scan.js';
import { writeParam } from './schema-issue.js';

/**
 * How many objects and lists may lie in each other: what is deeper breaks whoever walks through it by recursion. And how
 * many of them a body may have, and keys: with more, parsing it alone would hold up everybody else.
 */
const LIMITS: ScanLimits = { depth: 64, most: 10_000 };

/**
 * As `parseExact`, for what a stranger sent. Throws a `SyntaxError`, `json_too_deep` and `json_too_many_keys` before
 * anything is made of the text, and `duplicate_key`: of two equal keys, one reader takes the first, another one the last.
 */
export function parseGuarded(text: string): unknown {
  const shape = scanJson(text, LIMITS);
  if (shape.depth > LIMITS.depth) throw shape.open === 0 ? tooDeep() : new SyntaxError('Something is not closed.');
  if (shape.keys + shape.containers > LIMITS.most) throw tooManyKeys();
  const value = parseScanned(text, shape.hasFarNumber);
  if (shape.keys !== countKeys(value, shape.hasFarNumber)) throw duplicateKey(text);
  return value;
}

/** Of a parsed value, which has each key once. */
function countKeys(value: unknown, mayBeExact: boolean): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) if (typeof item === 'object') count += countKeys(item, mayBeExact);
    return count;
  }
  if (mayBeExact && isExactNumber(value)) return 0;
  for (const key in value) {
    count += 1;
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof member === 'object') count += countKeys(member, mayBeExact);
  }
  return count;
}

function tooDeep(): GatewayError {
  return gatewayError('json_too_deep', { message: `The body nests deeper than ${LIMITS.depth} levels.` });
}

function tooManyKeys(): GatewayError {
  return gatewayError('json_too_many_keys', {
    message: `The body holds more than ${LIMITS.most} keys, objects and lists.`,
  });
}

function duplicateKey(text: string): GatewayError {
  const param = writeParam(new DuplicateFinder(text).find());
  return gatewayError('duplicate_key', { message: `"${param}" stands twice.`, details: { param } });
}

type Path = readonly (string | number)[];

/** Finds the first key that stands twice, in a text that is JSON, as deep as allowed, and has one. */
class DuplicateFinder {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(path: Path = []): Path {
    return this.#value(path) ?? path;
  }

  #value(path: Path): Path | undefined {
    switch (this.#next()) {
      case '{':
        return this.#object(path);
      case '[':
        return this.#list(path);
      case '"':
        this.#at = stringEnd(this.#text, this.#at) + 1;
        return undefined;
      default:
        while (this.#at < this.#text.length && !',]}'.includes(this.#text.charAt(this.#at))) this.#at += 1;
        return undefined;
    }
  }

  #object(path: Path): Path | undefined {
    const seen = new Set<string>();
    while (this.#enter() === '"') {
      const key = this.#key();
      const own = [...path, key];
      if (seen.has(key)) return own;
      seen.add(key);
      const found = this.#value(own);
      if (found) return found;
    }
    this.#at += 1;
    return undefined;
  }

  #list(path: Path): Path | undefined {
    for (let i = 0; this.#enter() !== ']'; i += 1) {
      const found = this.#value([...path, i]);
      if (found) return found;
    }
    this.#at += 1;
    return undefined;
  }

  /** Behind the bracket or the comma: the first character of what follows. */
  #enter(): string {
    const first = this.#next();
    if (first !== '{' && first !== '[' && first !== ',') return first;
    this.#at += 1;
    return this.#next();
  }

  #key(): string {
    const end = stringEnd(this.#text, this.#at) + 1;
    const key = JSON.parse(this.#text.slice(this.#at, end)) as string;
    this.#at = end;
    this.#next();
    this.#at += 1;
    return key;
  }

  #next(): string {
    while (' \t\n\r'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at += 1;
    return this.#text.charAt(this.#at);
  }
}
