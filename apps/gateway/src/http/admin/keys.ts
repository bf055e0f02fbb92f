import { createKeyInput, createdKeyView, keyView, rotateKeyInput, toKeyView } from '@sluice/auth';
import type { KeyAdmin } from '@sluice/auth';
import { gatewayError } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import { creation, revocation, rotation } from '../../audit/key-changes.js';
import { parseInput } from '../parse-input.js';
import { principalOf } from '../route.js';
import type { Route, RouteCall } from '../route.js';
import { jsonContent, noStore } from '../answers.js';

const keyId = z.string().max(100).meta({ description: 'The id of a key.', example: 'key_Zm9vYmFyYmF6cXV4' });
const keyList = z.strictObject({ data: z.array(keyView) }).meta({ description: 'All keys, the oldest first.' });

/** `/admin/v1/keys`. */
export function createKeyRoutes(keys: KeyAdmin): readonly Route[] {
  return [createRoute(keys), listRoute(keys), rotateRoute(keys), revokeRoute(keys)];
}

function createRoute(keys: KeyAdmin): Route {
  return {
    method: 'POST',
    path: '/admin/v1/keys',
    access: 'keys:write',
    audit: 'change',
    openapi: {
      operationId: 'createKey',
      summary: 'Make a key for a caller',
      tags: ['keys'],
      requestBody: { required: true, content: jsonContent(createKeyInput) },
      responses: { 201: { description: 'The key, shown this once.', content: jsonContent(createdKeyView) } },
    },
    handle: (call) => createKey(call, keys),
  };
}

function listRoute(keys: KeyAdmin): Route {
  return {
    method: 'GET',
    path: '/admin/v1/keys',
    access: 'keys:read',
    openapi: {
      operationId: 'listKeys',
      summary: 'List all keys, revoked ones too',
      tags: ['keys'],
      responses: { 200: { description: 'All keys.', content: jsonContent(keyList) } },
    },
    handle: async (call) => jsonAnswer(200, { data: keys.list(principalOf(call)).map(toKeyView) }, noStore),
  };
}

function revokeRoute(keys: KeyAdmin): Route {
  return {
    method: 'DELETE',
    path: '/admin/v1/keys/{id}',
    access: 'keys:write',
    audit: 'change',
    openapi: {
      operationId: 'revokeKey',
      summary: 'Revoke a key for good',
      tags: ['keys'],
      requestParams: { path: z.object({ id: keyId }) },
      responses: { 204: { description: 'The key is revoked, by this call or an earlier one.' } },
    },
    handle: (call) => revokeKey(call, keys),
  };
}

function rotateRoute(keys: KeyAdmin): Route {
  return {
    method: 'POST',
    path: '/admin/v1/keys/{id}/rotate',
    access: 'keys:write',
    audit: 'change',
    openapi: {
      operationId: 'rotateKey',
      summary: 'Give a key another secret; the one that it has goes on for a while',
      tags: ['keys'],
      requestParams: { path: z.object({ id: keyId }) },
      requestBody: { required: false, content: jsonContent(rotateKeyInput) },
      responses: { 200: { description: 'The key, shown this once.', content: jsonContent(createdKeyView) } },
    },
    handle: (call) => rotateKey(call, keys),
  };
}

async function rotateKey(call: RouteCall, keys: KeyAdmin): Promise<Answer> {
  const input = parseInput(rotateKeyInput, hasBody(call) ? await call.json() : {});
  const rotated = await call.change(rotation(keys, call.params['id'] ?? '', { input, by: principalOf(call) }));
  if (rotated) return jsonAnswer(200, { ...toKeyView(rotated.record), key: rotated.key }, noStore);
  throw gatewayError('not_found', { message: 'There is no such key that still works.' });
}

function hasBody({ headers }: RouteCall): boolean {
  if (headers['content-type'] !== undefined || headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > 0;
}

async function createKey(call: RouteCall, keys: KeyAdmin): Promise<Answer> {
  const created = creation(keys, parseInput(createKeyInput, await call.json()), principalOf(call));
  const { record, key } = await call.change(created);
  return jsonAnswer(201, { ...toKeyView(record), key }, noStore);
}

async function revokeKey(call: RouteCall, keys: KeyAdmin): Promise<Answer> {
  const revoked = revocation(keys, call.params['id'] ?? '', principalOf(call));
  if (await call.change(revoked)) return { kind: 'plain', status: 204, headers: noStore, body: '' };
  throw gatewayError('not_found', { message: 'There is no such key.' });
}
