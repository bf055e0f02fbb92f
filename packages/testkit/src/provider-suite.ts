import { fileURLToPath } from 'node:url';
import type { Operations, ProviderDefinition, ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CANARY, createSubject, type OperationUnderTest, type Subject } from './suite-subject.js';
import { classifyTests } from './provider-classify-tests.js';
import { codecTests, failureOf } from './provider-codec-tests.js';
import { passthroughTests } from './provider-passthrough-tests.js';
import { readFixtures } from './fixtures.js';
import { streamTests } from './provider-stream-tests.js';
import { unreadRecordings } from './unread-recordings.js';

export interface ProviderSuiteOptions<Settings> {
  readonly definition: ProviderDefinition<Settings>;
  /** Settings as an operator would write them. Every secret that they name reads as one canary. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the adapter is created with beside the clock and the canary; for one that mints tokens, who gives them out. */
  readonly deps?: (canary: string) => Partial<ProviderDeps>;
  /** Addresses beside the provider's own to which its calls may go. */
  readonly alsoAt?: readonly URL[];
  /** The folder of recordings; the package's README says how its files are named. Ends in `/`. */
  readonly fixtures: URL;
}

/** What every adapter owes, as tests of its own: codecs, streams, pass-through, errors, credentials. */
export function providerSuite<Settings>(options: ProviderSuiteOptions<Settings>): void {
  const { definition, settings, fixtures } = options;
  describe(`the provider ${definition.kind}`, () => {
    const subject = createSubject(options);
    settingsTests(definition, settings);
    authorizeTests(subject);
    classifyTests(subject.provider);
    modelTests(subject, fixtures);
    rawTests(subject);
    it('has no recording that is not read', () => {
      expect(unreadRecordings(fixtures, prefixesOf(subject)), `In ${fileURLToPath(fixtures)}`).toEqual([]);
    });
    for (const operation of operationsOf(subject, options)) {
      describe(`its operation ${operation.name}`, () => {
        codecTests(operation);
        streamTests(operation);
        passthroughTests(operation);
      });
    }
  });
}

function operationsOf(
  { provider }: Subject,
  { fixtures, alsoAt = [] }: Pick<ProviderSuiteOptions<never>, 'fixtures' | 'alsoAt'>,
): readonly OperationUnderTest[] {
  const all: readonly (readonly [string, AnyOperation])[] = Object.entries(provider.operations);
  const recorded = all.filter(([, operation]) => !answersInBytes(operation));
  return recorded.map(([name, operation]) => ({
    name,
    // The suite feeds an operation only what was recorded for it.
    operation,
    folder: fileURLToPath(fixtures),
    cases: readFixtures(fixtures, name),
    casesOf: (other) => readFixtures(fixtures, other),
    baseUrl: provider.baseUrl,
    alsoAt,
  }));
}

/** What the names of recordings begin with. */
function prefixesOf({ provider: { operations, models } }: Subject): readonly string[] {
  const all: readonly (readonly [string, AnyOperation])[] = Object.entries(operations);
  const dialects = all.flatMap(([, { passthroughs = [] }]) => passthroughs.map(({ dialect }) => dialect));
  return [...new Set([...all.map(([name]) => name), ...dialects, ...(models ? ['models'] : [])])];
}

/** Forms, sound and subtitles as they travel have no recorded form of ours: they are their own package's to test. */
type AnyOperation = NonNullable<Operations[keyof Operations]>;

function answersInBytes({ passthroughs = [] }: AnyOperation): boolean {
  return passthroughs.some(({ answers }) => answers === 'any');
}

function settingsTests<Settings>(
  definition: ProviderDefinition<Settings>,
  settings: Readonly<Record<string, unknown>>,
): void {
  it('speaks version 1 of the contract', () => expect(definition.contractVersion).toBe(1));

  it('refuses a setting that it does not know', () => {
    expect(definition.settings.safeParse({ ...settings, suiteUnknown: true }).success).toBe(false);
  });

  it("refuses another provider's kind", () => {
    expect(definition.settings.safeParse({ ...settings, kind: 'suite-other' }).success).toBe(false);
  });
}

/** Nothing of a caller's may go out in a raw request but what the vendor defines. */
const OF_CALLERS = {
  authorization: 'Bearer suite-caller',
  'x-api-key': 'suite-caller',
  'api-key': 'suite-caller',
  'x-goog-api-key': 'suite-caller',
  cookie: 'suite-caller',
  'x-forwarded-for': 'suite-caller',
  'openai-organization': 'suite-caller',
  'openai-project': 'suite-caller',
};

function rawTests({ provider: { raw } }: Subject): void {
  if (!raw) return;
  it("lets no credential of a caller into a raw request's headers", () => {
    expect(JSON.stringify(raw.headersFor(OF_CALLERS))).not.toContain('suite-caller');
  });

  it('does not recognise an address that its vendor does not have', () => {
    expect(raw.recognise({ method: 'POST', path: 'suite/unknown' })).toBeUndefined();
  });
}

function authorizeTests({ provider, secretsRead }: Subject): void {
  const plain: UpstreamRequest = {
    method: 'POST',
    url: new URL('suite', provider.baseUrl),
    headers: Object.freeze({ 'content-type': 'application/json' }),
    body: '{"suite":true}',
  };
  const authorize = () => provider.authorize(Object.freeze(plain), new AbortController().signal);

  it('adds to the headers and leaves the rest of a request alone', async () => {
    const { method, headers, body } = await authorize();
    expect({ method, headers, body }).toMatchObject({ method: 'POST', headers: plain.headers, body: plain.body });
  });

  it('puts a configured secret into a header, and nowhere else', async () => {
    const { headers, url, body } = await authorize();
    const placed = JSON.stringify(headers).includes(CANARY);
    expect([placed, JSON.stringify([url.href, body]).includes(CANARY)]).toEqual([secretsRead() > 0, false]);
  });
}

function modelTests({ provider }: Subject, fixtures: URL): void {
  const { models } = provider;
  if (!models) return;
  const recorded = readFixtures(fixtures, 'models').filter((one) => one.has('response.json', 'result.json'));

  it("asks for the models within the provider's address", () => {
    expect(models.request().url.href.startsWith(provider.baseUrl.href)).toBe(true);
  });
  it.for(recorded)('lists the models of $name', (fixture) => {
    expect(models.decode(fixture.bytes('response.json'))).toEqual(fixture.json('result.json'));
  });
  it.for(['', 'null', '[]', '{"data":7}', '<html>'])('refuses %j as a list of models', (text) => {
    const { code } = failureOf(() => models.decode(Buffer.from(text)));
    expect(code).toMatch(/^upstream_/);
  });
}
