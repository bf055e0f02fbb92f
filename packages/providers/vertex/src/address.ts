/** Where the calls of one project go. */
export interface Place {
  readonly project: string;
  readonly location: string;
}

/**
 * The versions of the API: Google's models are asked in the one that Google's SDK asks for, which is ahead in fields, the
 * others in the stable one, as Anthropic's SDK does. npm @google/genai 3.3.0, dist/node/index.mjs,
 * `VERTEX_AI_API_DEFAULT_VERSION`; npm @anthropic-ai/vertex-sdk 1.1.3, client.mjs.
 */
export type ApiVersion = 'v1' | 'v1beta1';

/** The address of a location's own endpoint. npm @anthropic-ai/vertex-sdk 1.1.3, client.mjs. */
export function toBaseUrl(location: string): URL {
  if (location === 'global') return new URL('https://aiplatform.googleapis.com');
  const host = MULTI_REGIONS.has(location) ? `aiplatform.${location}.rep` : `${location}-aiplatform`;
  return new URL(`https://${host}.googleapis.com`);
}

const MULTI_REGIONS: ReadonlySet<string> = new Set(['us', 'eu']);
const VERSIONED = /\/v1(?:beta1)?$/;

/** `path` of the API, in the version that the base names or else in `version`. */
export function toApiUrl(baseUrl: URL, version: ApiVersion, path: string): URL {
  const root = baseUrl.href.replace(/\/+$/, '');
  return new URL(`${VERSIONED.test(root) ? root : `${root}/${version}`}/${path}`);
}

/** `path` below the project's location. */
export function inLocation({ project, location }: Place, path: string): string {
  return `projects/${project}/locations/${location}/${path}`;
}
