import type { RawApi, RecognisedCall } from '@sluice/contract';

/** One address of a vendor's API, and what is known of requests to it. */
export interface RawEndpoint extends Omit<RecognisedCall, 'model'> {
  /** Over the path below the base. A group named `model` holds the model's name, percent-encoded. */
  readonly path: RegExp;
}

/** Recognises the requests of a vendor by a table of its addresses; they are all asked by `POST`. */
export function createRecogniser(endpoints: readonly RawEndpoint[]): RawApi['recognise'] {
  return ({ method, path }) => {
    if (method !== 'POST') return undefined;
    for (const endpoint of endpoints) {
      const match = endpoint.path.exec(path);
      if (match) return toCall(endpoint, match.groups?.['model']);
    }
    return undefined;
  };
}

function toCall({ path: _, ...call }: RawEndpoint, model: string | undefined): RecognisedCall {
  return model === undefined ? call : { ...call, model: decode(model) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A caller's headers whose names stand in `names`, lower case; a header that came twice is joined. */
export function pickHeaders(
  caller: Parameters<RawApi['headersFor']>[0],
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = caller[name];
    if (value !== undefined) picked[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return picked;
}
