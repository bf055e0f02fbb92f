import type { ProviderSource } from '../config/gather-providers.js';

/** Everything that the screen may tell. Secrets are in it only where they are to be shown. */
export interface StartFacts {
  readonly version: string;
  readonly production: boolean;
  /** Where the gateway listens: `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly configFile?: string;
  readonly dataDir: string;
  /** Host and port of the Redis server that machines share. */
  readonly redis?: string;
  readonly providers: readonly FoundProvider[];
  readonly aliases: readonly FoundAlias[];
  /** A key for callers, in development. */
  readonly developmentKey?: string;
  readonly adminKey: AdminKeyFact;
  /** The model of the `curl` line. */
  readonly exampleModel: string;
}
export interface FoundProvider {
  readonly name: string;
  readonly source: ProviderSource;
  readonly baseUrl?: string;
}
export interface FoundAlias {
  readonly name: string;
  /** `provider/model`, in the order of the file. */
  readonly targets: readonly string[];
}
export type AdminKeyFact =
  | { readonly from: 'variable' }
  | {
      readonly from: 'secrets-file';
      readonly path: string;
      /** Set at the first start that shows it. */
      readonly key?: string;
    };

/** What a start shows: what was found, a key where one is to be shown, and one `curl` line that works as it stands. */
export function renderStartScreen(facts: StartFacts, { color }: { readonly color: boolean }): string {
  const paint = color ? ANSI : PLAIN;
  const blocks = [
    [`${paint.strong(`Sluice ${facts.version}`)} ${paint.faint(facts.production ? 'production' : 'development')}`],
    foundLines(facts).map(([label, text]) => `${paint.faint(label.padEnd(LABEL_WIDTH))}${text}`),
    [paint.faint('Try it:')],
    [curlLine(facts)],
  ];
  return `\n${blocks.map((lines) => lines.map((line) => indent(line)).join('\n')).join('\n\n')}\n\n`;
}

/** A request that works when pasted into a shell: with the ready key, or with the variable that holds one. */
export function curlLine({ url, developmentKey, exampleModel }: StartFacts): string {
  const key = developmentKey ?? '$SLUICE_KEY';
  const body = JSON.stringify({ model: exampleModel, messages: [{ role: 'user', content: 'Hello!' }] });
  const headers = `-H "authorization: Bearer ${key}" -H "content-type: application/json"`;
  const endpoint = `${url}/v1/chat/completions`;
  // Shells take the brackets of an IPv6 address for a pattern.
  return `curl ${url.includes('[') ? quote(endpoint) : endpoint} ${headers} -d ${quote(body)}`;
}

const LABEL_WIDTH = 12;
type Labelled = readonly [label: string, text: string];

function foundLines(facts: StartFacts): readonly Labelled[] {
  return [
    ...column('providers', facts.providers.map(providerLine)),
    ...column('models', facts.aliases.map(aliasLine)),
    ['config', facts.configFile ?? 'none: defaults and what was found'],
    ['data', facts.dataDir],
    ...column('redis', facts.redis === undefined ? [] : [`${facts.redis} (shared limits, budgets, cache and notices)`]),
    ...keyLines(facts),
  ];
}

/** The label stands at the first line only. */
function column(label: string, lines: readonly string[]): readonly Labelled[] {
  return lines.map((line, index) => [index === 0 ? label : '', line]);
}

const MAX_NAME_WIDTH = 14;

function providerLine({ name, source, baseUrl }: FoundProvider): string {
  return `${name.padEnd(MAX_NAME_WIDTH)} ${SOURCES[source]}${baseUrl === undefined ? '' : `, ${baseUrl}`}`;
}

const SOURCES: Readonly<Record<ProviderSource, string>> = {
  file: 'configured',
  environment: 'from the environment',
  discovered: 'found on this machine',
  'built-in': 'built in: sim/echo and others, no key needed',
};

function aliasLine({ name, targets }: FoundAlias): string {
  return `${name.padEnd(MAX_NAME_WIDTH)} -> ${targets.join(', ')}`;
}

function keyLines({ adminKey, developmentKey, production }: StartFacts): readonly Labelled[] {
  return [
    ...column(
      'key',
      developmentKey === undefined ? [] : [`${developmentKey} (for development, the same at every start)`],
    ),
    ...column('admin key', adminKeyLines(adminKey)),
    ...column('keys', production ? ['sluice keys create NAME makes one for a caller'] : []),
  ];
}

function adminKeyLines(fact: AdminKeyFact): readonly string[] {
  if (fact.from === 'variable') return ['SLUICE_ADMIN_KEY'];
  if (fact.key === undefined) return [`in ${fact.path}`];
  return [fact.key, `shown this once, kept in ${fact.path}`];
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function indent(line: string): string {
  return `  ${line}`;
}

const ANSI = {
  strong: (text: string) => `\u001b[1m${text}\u001b[22m`,
  faint: (text: string) => `\u001b[2m${text}\u001b[22m`,
};
const PLAIN: typeof ANSI = { strong: (text) => text, faint: (text) => text };
