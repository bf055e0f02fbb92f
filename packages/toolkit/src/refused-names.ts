import type { JsonObject } from '@sluice/contract';
import { isJsonObject } from './json.js';

/** Names with which other gateways let a caller choose hosts, keys and headers. Wherever they stand, they are refused. */
const ANYWHERE: ReadonlySet<string> = new Set([
  '__proto__',
  'api_base',
  'api_key',
  'base_url',
  'custom_llm_provider',
  'extra_body',
  'extra_headers',
  'headers',
  'litellm_params',
  'user_config',
]);
/** Refused at the top only: deeper down they are labels of the caller's own. */
const AT_THE_TOP: ReadonlySet<string> = new Set(['mock_response', 'organization', 'timeout']);

/** Where a caller may nest objects that another gateway behind this one would obey. */
const CONTAINERS = ['metadata', 'fallbacks', 'models', 'provider', 'tools'] as const;

type Path = readonly (string | number)[];

/** Where the first name stands that no dialect takes from a caller; nothing where there is none. */
export function findRefusedName(body: JsonObject): Path | undefined {
  for (const name in body) if (ANYWHERE.has(name) || AT_THE_TOP.has(name)) return [name];
  for (const name of CONTAINERS) {
    const found = body[name] === undefined ? undefined : findNested(body[name], name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks at the objects of a container, and at the definition inside a tool, but not at the JSON Schema in that. */
function findNested(value: unknown, name: string): Path | undefined {
  if (!Array.isArray(value)) return isJsonObject(value) ? findKey(value, [name]) : undefined;
  for (const [i, entry] of value.entries()) {
    const found = isJsonObject(entry) ? findInEntry(entry, [name, i]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInEntry(entry: JsonObject, path: Path): Path | undefined {
  const own = findKey(entry, path);
  if (own !== undefined || !isJsonObject(entry['function'])) return own;
  return findKey(entry['function'], [...path, 'function']);
}

function findKey(value: JsonObject, path: Path): Path | undefined {
  for (const name in value) if (ANYWHERE.has(name)) return [...path, name];
  return undefined;
}
