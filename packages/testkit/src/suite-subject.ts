import type {
  ChatEvent,
  Operation,
  Provider,
  ProviderDefinition,
  ProviderDeps,
  Target,
  UploadedFile,
  UpstreamRequest,
} from '@sluice/contract';
import { createProviderDeps } from './provider-deps.js';
import type { FixtureCase } from './fixtures.js';

/** Stands for every secret while a suite runs. Looks like a key, so that what hides keys is put to work. */
export const CANARY = 'sk-canary-7f3a9c1b5d2e4860af91c3';

/** A provider as the suites see it. */
export interface Subject {
  readonly provider: Provider;
  /** How often the provider asked for a secret. */
  readonly secretsRead: () => number;
}

export interface SubjectOptions<Settings> {
  readonly definition: ProviderDefinition<Settings>;
  readonly settings: unknown;
  readonly deps?: (canary: string) => Partial<ProviderDeps>;
}

/** Creates the provider from settings that must pass its own schema. */
export function createSubject<Settings>({ definition, settings, deps }: SubjectOptions<Settings>): Subject {
  let reads = 0;
  const given = createProviderDeps({ secret: () => Promise.resolve(CANARY), ...deps?.(CANARY) });
  const secret: ProviderDeps['secret'] = (ref) => {
    reads += 1;
    return given.secret(ref);
  };
  return {
    provider: definition.create(definition.settings.parse(settings), { ...given, secret }),
    secretsRead: () => reads,
  };
}

/** An operation of whatever kind, with the cases that were recorded for it. */
export interface OperationUnderTest {
  readonly name: string;
  readonly operation: Operation<unknown, unknown, ChatEvent>;
  /** Where its recordings are, for those who look for one. */
  readonly folder: string;
  readonly cases: readonly FixtureCase[];
  /** The cases under another name than the operation's. */
  casesOf(name: string): readonly FixtureCase[];
  readonly baseUrl: URL;
  readonly alsoAt: readonly URL[];
}

export const HEAD = { status: 200, headers: { 'content-type': 'application/json' } } as const;

/** The target that a recording was made of, as far as its files tell. */
export function targetOfCase(subject: OperationUnderTest, fixture: FixtureCase): Target {
  return targetOf(subject, modelOf(fixture) ?? 'suite-model');
}

/** Vendors that take the model in the address have it in a file of its own. */
function modelOf(fixture: FixtureCase): string | undefined {
  if (fixture.has('target.json')) return fixture.json<{ readonly model: string }>('target.json').model;
  const { model } = fixture.has('upstream.json') ? fixture.json<{ readonly model?: unknown }>('upstream.json') : {};
  return typeof model === 'string' ? model : undefined;
}

export function targetOf({ baseUrl }: OperationUnderTest, model: string): Target {
  return { provider: 'suite', model, baseUrl };
}

export function bodyText({ body = '' }: UpstreamRequest): string {
  if (typeof body === 'string') return body;
  return Buffer.concat(body instanceof Uint8Array ? [body] : body).toString();
}

/** The fields of a form in their order, files as the contract has them. */
export async function formFields({ headers, body = '' }: UpstreamRequest): Promise<readonly (readonly unknown[])[]> {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : Buffer.concat(body);
  const form = await new Response(bytes, { headers }).formData();
  const fields = [...form].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : await toFile(value),
  ]);
  return Promise.all(fields);
}

async function toFile(file: File): Promise<UploadedFile> {
  return { filename: file.name, mediaType: file.type, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** Two values with one JSON form. Much faster than a matcher, for loops over every split. */
export function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
