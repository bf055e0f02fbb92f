/** What the gateway must say to an input. */
export interface Expected {
  readonly status: number;
  /** `error.code`; without one, the answer has no body or one that is not judged. */
  readonly code?: string;
  readonly param?: string | null;
  /** The connection ends with the answer, and nothing that follows on it is served. */
  readonly closes?: boolean;
  /** How many calls of a provider it makes. What is refused makes none; of what is accepted, some are no calls of a model. */
  readonly asks?: number;
  /** Headers of the answer, by their lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One of the numbered inputs: its bytes, latin1 where it is text, and the answers of which one must come. */
export interface BadInput {
  readonly id: string;
  readonly what: string;
  readonly bytes: (key: string) => string | Buffer;
  readonly expected: Expected | readonly Expected[];
  /** The sender says no more after these bytes. */
  readonly ends?: boolean;
}

/** Inputs by what they have in common. In a title, vulnerabilities of other gateways have their numbers. */
export type Corpus = Readonly<Record<string, readonly BadInput[]>>;

export const CHAT = '/v1/chat/completions';
const ASKED = { model: 'up/m', messages: [{ role: 'user', content: 'Hello' }] };

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  /** Lines; they replace those of the same name, and an empty value takes one away. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** A request as bytes, the good one where nothing else is asked. */
export function request(
  key: string,
  { method = 'POST', path = CHAT, version = 'HTTP/1.1', headers = [], body = chat() }: Asked = {},
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const given = new Set(headers.map((line) => line.slice(0, line.indexOf(':')).trim().toLowerCase()));
  const usual = [
    'Host: localhost',
    `Authorization: Bearer ${key}`,
    ...(method === 'GET' ? [] : ['Content-Type: application/json', `Content-Length: ${bytes.length}`]),
  ].filter((line) => !given.has(line.slice(0, line.indexOf(':')).toLowerCase()));
  const own = headers.filter((line) => !line.endsWith(':-'));
  const head = Buffer.from([`${method} ${path} ${version}`, ...usual, ...own, '', ''].join('\r\n'), 'latin1');
  return Buffer.concat([head, method === 'GET' ? Buffer.alloc(0) : bytes]);
}

/** The body of a good chat, with other members. */
export function chat(members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...ASKED, ...members });
}

/** The same with members as text, which may be no JSON. */
export function chatWith(members: string): string {
  return `${JSON.stringify(ASKED).slice(0, -1)},${members}}`;
}
