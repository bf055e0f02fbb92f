import type { Passthrough, RawCall, UpstreamRequest } from '@sluice/contract';
import { withBetas } from '@sluice/provider-anthropic/internal';
import { addTopLevel, asBuffer, removeMember } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES, createAnthropicScanner, inspectMessage } from '@sluice/toolkit/anthropic-wire';
import type { Account } from '../account.js';
import { readModel } from '../model.js';
import { toPredictUrl } from './predict-url.js';
import { toBodyVersion } from './version.js';

/** Bytes between a caller and Claude, who both speak the messages dialect. */
export function createPassthrough(account: Account): Passthrough {
  return {
    dialect: ANTHROPIC_MESSAGES,
    serves: (model) => readModel(model).wire === 'claude',
    encode: (call, target) => ({
      method: 'POST',
      url: toPredictUrl(account, target, call.stream),
      headers: withBetas(account.headers, call.headers['anthropic-beta']),
      body: toVertexBody(call),
    }),
    inspect: inspectMessage,
    scanner: createAnthropicScanner,
  };
}

/** The bytes as they came, the version of the API in place of the model. */
function toVertexBody({ body, modelAt, wire, headers }: RawCall): NonNullable<UpstreamRequest['body']> {
  const versioned = wire['anthropic_version'] !== undefined;
  const version = toBodyVersion(headers);
  if (modelAt && !versioned) {
    return [Buffer.from(`{"anthropic_version":${JSON.stringify(version)}`), asBuffer(body).subarray(modelAt.end)];
  }
  const unnamed = removeMember(body, ['model']);
  return versioned ? unnamed : addTopLevel(unnamed, 'anthropic_version', version);
}
