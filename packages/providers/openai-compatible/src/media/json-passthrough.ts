import type { AnswerSummary, DialectId, Feature, JsonObject, Passthrough, Usage } from '@sluice/contract';
import { editCallBody, isJsonObject, parseUpstreamJson } from '@sluice/toolkit';
import {
  classifyInBand,
  isErrorAnswer,
  readOpenAiError,
  readResponsesUsage,
  readUsage,
} from '@sluice/toolkit/openai-wire';
import type { Server } from '../server.js';

/** None of these operations has anything that a target may lack beside the operation itself. */
export const FEATURES: ReadonlySet<Feature> = new Set<Feature>();

/** A JSON answer that holds no error. Throws what it holds, `upstream_truncated` or `upstream_invalid_response`. */
export function readAnswer(bytes: Uint8Array): JsonObject {
  const body = parseUpstreamJson(bytes);
  if (isErrorAnswer(body)) throw classifyInBand(readOpenAiError(body));
  return body;
}

/** Usage in either of the forms in which this API writes it. */
export function readAnyUsage(usage: unknown): Usage | undefined {
  if (isJsonObject(usage) && usage.type === 'duration') {
    const { seconds } = usage;
    return typeof seconds === 'number' && seconds >= 0
      ? { inputTokens: 0, outputTokens: 0, audioSeconds: seconds }
      : undefined;
  }
  return readResponsesUsage(usage) ?? readUsage(usage);
}

interface JsonPassthroughInit {
  readonly dialect: DialectId;
  readonly path: string;
  inspect(bytes: Uint8Array): AnswerSummary;
}

/** Bytes of a JSON call, the model replaced in place. */
export function jsonPassthrough(server: Server, { dialect, path, inspect }: JsonPassthroughInit): Passthrough {
  return {
    dialect,
    encode(call, target) {
      const body = editCallBody(call, { model: server.nameOf(target.model) });
      return { method: 'POST', url: server.locate(target, path), headers: server.headers.forCall(call), body };
    },
    inspect,
  };
}
