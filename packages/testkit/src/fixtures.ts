import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** The files of one case: `chat-text.request.json` is kind `request.json` of case `chat-text`. */
export interface FixtureCase {
  readonly name: string;
  has(...kinds: readonly string[]): boolean;
  bytes(kind: string): Uint8Array;
  text(kind: string): string;
  json<T = unknown>(kind: string): T;
}

/** The cases in a folder, in the order of their names. `prefix` is the operation: `chat` takes `chat` and `chat-*`. */
export function readFixtures(folder: URL, prefix: string): readonly FixtureCase[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = new Set(files.map((file) => file.split('.', 1)[0] ?? ''));
  const chosen = [...names].filter((name) => name === prefix || name.startsWith(`${prefix}-`));
  return chosen.sort().map((name) => openCase(folder, name));
}

function openCase(folder: URL, name: string): FixtureCase {
  const at = (kind: string): URL => new URL(`${name}.${kind}`, folder);
  const text = (kind: string): string => readFileSync(at(kind), 'utf8');
  return {
    name,
    has: (...kinds) => kinds.every((kind) => existsSync(at(kind))),
    bytes: (kind) => readFileSync(at(kind)),
    text,
    json: <T>(kind: string) => JSON.parse(text(kind), reviveBytes) as T,
  };
}

/** JSON has no bytes: in a recording they are `{ "$base64": "..." }`. */
function reviveBytes(_key: string, value: unknown): unknown {
  const base64 = value instanceof Object && '$base64' in value ? value.$base64 : undefined;
  return typeof base64 === 'string' ? Uint8Array.from(Buffer.from(base64, 'base64')) : value;
}

/** Freezes a parsed JSON value through and through, so that a codec which changes its argument throws. */
export function deepFreeze<T>(value: T): T {
  // Bytes cannot be frozen.
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
