import type { AnswerSummary, DialectId, JsonObject, Passthrough, Usage } from '@sluice/contract';
import { editCallBody, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import {
  classifyInBand,
  isErrorAnswer,
  readOpenAiError,
  readResponsesUsage,
  readUsage,
} from '@sluice/toolkit/openai-wire';
import type { MediaRules } from '../rules.js';
import type { Server } from '../server.js';
import { takesAsItCame } from './media-rules.js';

/** A JSON answer that holds no error. Throws what it holds, `upstream_truncated` or `upstream_invalid_response`. */
export function readAnswer(bytes: Uint8Array): JsonObject {
  const body = parseUpstreamJson(bytes);
  if (isErrorAnswer(body)) throw classifyInBand(readOpenAiError(body));
  return body;
}

/** Usage in either of the forms in which this API writes it. */
export function readAnyUsage(usage: unknown): Usage | undefined {
  const seconds = isJsonObject(usage) && usage.type !== 'tokens' ? usage.seconds : undefined;
  const timed = typeof seconds === 'number' && seconds >= 0 ? { audioSeconds: seconds } : undefined;
  const tokens = readResponsesUsage(usage) ?? readUsage(usage);
  return timed ? { inputTokens: 0, outputTokens: 0, ...tokens, ...timed } : tokens;
}

interface JsonPassthroughInit {
  readonly dialect: DialectId;
  readonly path: string;
  readonly rules: MediaRules;
  inspect(bytes: Uint8Array): AnswerSummary;
}

/** Bytes of a JSON call, the model replaced in place. */
export function jsonPassthrough(server: Server, init: JsonPassthroughInit): Passthrough {
  const { dialect, path, rules, inspect } = init;
  return {
    dialect,
    takes: takesAsItCame(rules),
    encode(call, target) {
      const body = editCallBody(call, { model: server.nameOf(target.model) });
      return { method: 'POST', url: server.locate(target, path), headers: server.headers.forCall(call), body };
    },
    inspect,
  };
}
