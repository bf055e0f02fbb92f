import { gatewayError } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import type { AuditedChange } from '../../audit/audit-log.js';
import type { ProviderEntries, ProviderEntry } from '../../provider-keys/provider-entries.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput, parseQuery } from '../parse-input.js';
import type { Route, RouteCall } from '../route.js';

const keyView = z
  .strictObject({
    key: z.int().meta({ description: 'Its number among the keys of the provider, from 0.' }),
    source: z.enum(['file', 'database']).meta({ description: 'Whether it is the one of the file, or was set here.' }),
    reference: z.string().meta({ description: "Where the file's key is read from.", example: 'env OPENAI_API_KEY' }),
    last4: z.string().nullable().meta({ description: 'The last four characters of a key that was set here.' }),
    changedAt: z.iso.datetime().nullable().meta({ description: 'When it was set here.' }),
  })
  .meta({ description: 'A key of a provider; never the key itself.' });

const providerView = z
  .strictObject({
    name: z.string().meta({ description: 'What callers write before the slash.' }),
    kind: z.string(),
    baseUrl: z.string().nullable(),
    keys: z.array(keyView).meta({ description: 'None where the provider is asked without a key.' }),
  })
  .meta({ description: 'A provider of the configuration that serves.' });

const providerList = z.strictObject({ data: z.array(providerView) }).meta({ description: 'All providers, by name.' });

const MOST_KEYS = 1_000;

const setKeyInput = z
  .strictObject({
    apiKey: z
      .string()
      .min(16)
      .max(4_096)
      .regex(/^[\x21-\x7e]*$/, 'only visible ASCII characters can travel in a header')
      .meta({ description: 'The new key. It is kept sealed and never shown again.' }),
    key: z
      .int()
      .min(0)
      .max(MOST_KEYS)
      .exactOptional()
      .meta({ description: 'Which key of the provider, from 0. Default 0.' }),
  })
  .meta({ description: 'A key that takes the place of one of the file.' });

const resetKeyQuery = z.strictObject({
  key: z
    .string()
    .regex(/^\d{1,4}$/, 'expected the number of a key')
    .transform(Number)
    .meta({ description: 'Which key of the provider, from 0. Default 0.' })
    .exactOptional(),
});

const nameParam = z.object({ name: z.string().meta({ description: 'The name of a provider.' }) });

/** `/admin/v1/providers`. */
export function createProviderRoutes(entries: ProviderEntries): readonly Route[] {
  return [listRoute(entries), setRoute(entries), resetRoute(entries)];
}

function listRoute(entries: ProviderEntries): Route {
  return {
    method: 'GET',
    path: '/admin/v1/providers',
    access: 'providers:read',
    openapi: {
      operationId: 'listProviders',
      summary: 'List the providers, and where their keys come from',
      tags: ['providers'],
      responses: { 200: { description: 'All providers.', content: jsonContent(providerList) } },
    },
    handle: async () => jsonAnswer(200, { data: entries.list().map(toProviderView) }, noStore),
  };
}

function setRoute(entries: ProviderEntries): Route {
  return {
    method: 'POST',
    path: '/admin/v1/providers/{name}/key',
    access: 'providers:write',
    audit: 'change',
    openapi: {
      operationId: 'setProviderKey',
      summary: "Set or rotate a provider's key; it wins over the file, and is used by every process within a second",
      tags: ['providers'],
      requestParams: { path: nameParam },
      requestBody: { required: true, content: jsonContent(setKeyInput) },
      responses: { 200: { description: 'The provider as it is now.', content: jsonContent(providerView) } },
    },
    handle: (call) => setKey(call, entries),
  };
}

function resetRoute(entries: ProviderEntries): Route {
  return {
    method: 'DELETE',
    path: '/admin/v1/providers/{name}/key',
    access: 'providers:write',
    audit: 'change',
    openapi: {
      operationId: 'resetProviderKey',
      summary: "Let the file's key of a provider count again",
      tags: ['providers'],
      requestParams: { path: nameParam, query: resetKeyQuery },
      responses: { 204: { description: 'It counts.' } },
    },
    handle: (call) => resetKey(call, entries),
  };
}

async function setKey(call: RouteCall, entries: ProviderEntries): Promise<Answer> {
  const name = call.params['name'] ?? '';
  const { apiKey, key = 0 } = parseInput(setKeyInput, await call.json());
  await call.change(changeOf(entries, { name, key }, () => entries.set(name, key, apiKey)));
  return jsonAnswer(200, toProviderView(entryOf(entries, name)), noStore);
}

async function resetKey(call: RouteCall, entries: ProviderEntries): Promise<Answer> {
  const name = call.params['name'] ?? '';
  const { key = 0 } = parseQuery(resetKeyQuery, call.query);
  await call.change(changeOf(entries, { name, key }, () => entries.reset(name, key)));
  return { kind: 'plain', status: 204, headers: noStore, body: '' };
}

interface KeyPlace {
  readonly name: string;
  readonly key: number;
}

function changeOf(entries: ProviderEntries, { name, key }: KeyPlace, work: () => void): AuditedChange<void> {
  const state = (): object => ({ ...toProviderView(entryOf(entries, name)).keys[key] });
  if (!entryOf(entries, name).keys[key]) {
    throw gatewayError('invalid_value', {
      message: `The provider has no key with the number ${key} in the file that another could take the place of.`,
      details: { param: 'key' },
    });
  }
  return { work, object: () => `${name}#${key}`, before: state, after: state };
}

function entryOf(entries: ProviderEntries, name: string): ProviderEntry {
  const found = entries.list().find((entry) => entry.name === name);
  if (found) return found;
  throw gatewayError('not_found', { message: 'There is no such provider.' });
}

function toProviderView({ name, kind, baseUrl, keys }: ProviderEntry): z.input<typeof providerView> {
  return {
    name,
    kind,
    baseUrl: baseUrl ?? null,
    keys: keys.map(({ reference, set }, key) => ({
      key,
      source: set ? 'database' : 'file',
      reference,
      last4: set?.last4 ?? null,
      changedAt: set ? new Date(set.changedAtMs).toISOString() : null,
    })),
  };
}
