import type { ChatRequest, Operation, Passthrough, Target, TokenCount } from '@sluice/contract';
import { FEATURES, decodeCount, toCountBody, withBetas } from '@sluice/provider-anthropic/internal';
import { addTopLevel, setTopLevel } from '@sluice/toolkit';
import { ANTHROPIC_COUNT_TOKENS } from '@sluice/toolkit/anthropic-wire';
import type { Account } from '../account.js';
import { inLocation, toApiUrl } from '../address.js';
import { readModel } from '../model.js';
import { refuseRemoteMedia } from './media.js';
import { CODEC_VERSION, toBodyVersion } from './version.js';

/**
 * Claude's counts, which are asked of a model of their own that takes the real one in the body.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/count-tokens;
 * npm @anthropic-ai/vertex-sdk 1.1.3, client.mjs.
 */
export function createClaudeCount(account: Account): Operation<ChatRequest, TokenCount, never> {
  return {
    features: FEATURES,
    encode(request, target) {
      refuseRemoteMedia(request);
      const { name: model } = readModel(target.model);
      const { body, betas, adjustments } = toCountBody(request, { ...target, model }, CODEC_VERSION);
      const text = JSON.stringify({ anthropic_version: toBodyVersion(), ...body });
      const headers = withBetas(account.headers, betas);
      return { request: { method: 'POST', url: toCountUrl(account, target), headers, body: text }, adjustments };
    },
    decode: decodeCount,
    passthroughs: [createPassthrough(account)],
  };
}

function toCountUrl(account: Account, { baseUrl }: Target): URL {
  return toApiUrl(baseUrl, 'v1', inLocation(account, 'publishers/anthropic/models/count-tokens:rawPredict'));
}

function createPassthrough(account: Account): Passthrough {
  return {
    dialect: ANTHROPIC_COUNT_TOKENS,
    serves: (model) => readModel(model).wire === 'claude',
    encode({ body, wire, headers }, target) {
      const named = setTopLevel(body, 'model', readModel(target.model).name);
      const versioned = wire['anthropic_version'] !== undefined;
      return {
        method: 'POST',
        url: toCountUrl(account, target),
        headers: withBetas(account.headers, headers['anthropic-beta']),
        body: versioned ? named : addTopLevel(named, 'anthropic_version', toBodyVersion(headers)),
      };
    },
    inspect(body) {
      decodeCount(body);
      return {};
    },
  };
}
