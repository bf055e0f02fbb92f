import { readCredential } from '@sluice/auth';
import { isGatewayError } from '@sluice/contract';
import type { CallAddress } from '@sluice/contract';
import { anthropicCountTokens, anthropicMessages } from '@sluice/dialect-anthropic';
import { cohereRerank } from '@sluice/dialect-cohere';
import { geminiEmbed, geminiGenerate } from '@sluice/dialect-gemini';
import {
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
  openAiResponses,
} from '@sluice/dialect-openai';
import {
  boundaryOf,
  createFrameReader,
  createLineReader,
  isSafeImageUrl,
  isSafeSource,
  parseCallBody,
  parseGuarded,
  readForm,
} from '@sluice/toolkit';
import type { Target } from './fuzz.js';
import { GUARD_TARGETS } from './guard-targets.js';
import { BODIES, CREDENTIALS, FORMS, FRAMES, JSON_TEXTS, URLS } from './seeds.js';

const JSON_WORDS = [
  '{',
  '}',
  '[',
  ']',
  '":',
  ',"',
  '\\u0000',
  '\\ud800',
  '1e400',
  '-0',
  'null',
  '__proto__',
  '"model":',
];
const ADDRESS: CallAddress = { headers: {}, params: { model: 'up/m' }, query: new URLSearchParams() };

/** Runs what may refuse its input with an error of the table, or as no JSON; `internal_error` is no refusal. */
function refusable(run: () => unknown): void {
  try {
    run();
  } catch (cause) {
    const isRefusal = cause instanceof SyntaxError || (isGatewayError(cause) && cause.code !== 'internal_error');
    if (!isRefusal) throw cause;
  }
}

interface ParsesCalls {
  parse(body: unknown, address: CallAddress): { toRequest(): unknown };
}

/** A dialect's parser, and what makes the canonical request of what it took. */
function dialect(name: string, { parse }: ParsesCalls): Target {
  return {
    name,
    seeds: BODIES,
    words: JSON_WORDS,
    run(bytes) {
      refusable(() => {
        const { wire, whole } = parseCallBody(Buffer.from(bytes));
        return parse(whole ? whole() : wire, ADDRESS).toRequest();
      });
      if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error('Object.prototype was changed.');
    },
  };
}

/** Splits the bytes at a place that they name themselves: streams come in any pieces. */
function inPieces(bytes: Buffer, push: (piece: Buffer) => unknown): void {
  const size = (bytes[0] ?? 0) + 1;
  for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
}

const PARSERS: readonly Target[] = [
  {
    name: 'json-guard',
    seeds: JSON_TEXTS,
    words: JSON_WORDS,
    run: (bytes) =>
      refusable(() => {
        const value = parseGuarded(bytes.toString('utf8'));
        // What passed can be written again by anybody: it is neither too deep nor too large.
        return structuredClone(JSON.parse(JSON.stringify(value) ?? 'null'));
      }),
  },
  {
    name: 'sse',
    seeds: FRAMES,
    words: ['data:', 'event:', 'id:', 'retry:', '\n', '\r', '\r\n', '\n\n', ': ', '\ufeff', '[DONE]'],
    run: (bytes) =>
      refusable(() => {
        const reader = createFrameReader();
        inPieces(bytes, (piece) => reader.push(piece));
      }),
  },
  {
    name: 'ndjson',
    seeds: FRAMES,
    words: ['\n', '\r\n', '{', '}', '"'],
    run: (bytes) =>
      refusable(() => {
        const reader = createLineReader();
        inPieces(bytes, (piece) => reader.push(piece));
      }),
  },
  {
    name: 'credential',
    seeds: CREDENTIALS,
    words: ['Bearer ', 'bearer', ' ', '\t', 'sk-sluice-', ','],
    run(bytes) {
      const [authorization = '', key = ''] = bytes.toString('latin1').split('\n');
      refusable(() => readCredential({ authorization, 'x-api-key': key }));
    },
  },
  {
    name: 'multipart',
    seeds: FORMS,
    words: ['--b', '--b--', '\r\n', '\r\n\r\n', 'filename=', "filename*=utf-8''", 'name="', '"', '%22', '\\"', ';'],
    run: (bytes) => refusable(() => [boundaryOf(bytes.toString('latin1', 0, 200)), readForm(Buffer.from(bytes), 'b')]),
  },
  {
    name: 'url-guard',
    seeds: URLS,
    words: [
      'http://',
      'https:',
      '@',
      '#',
      '\\',
      '%2f',
      '[::',
      ']',
      '127.0.0.1',
      'localhost',
      '.',
      ':',
      '①',
      '。',
      'data:image/png;base64,',
    ],
    run(bytes) {
      const text = bytes.toString('utf8');
      isSafeSource(text);
      if (isSafeImageUrl(text) && /^https?:/i.test(text)) expectPublic(new URL(text).hostname);
    },
  },
];

/** What passed, as the one who connects reads it. */
function expectPublic(hostname: string): void {
  const isLocal = /^(?:127|10|0|192\.168|169\.254)(?:\.\d+){2,3}\.?$|^\[(?:::|f[cde])|(?:^|\.)localhost\.?$/.test(
    hostname,
  );
  if (isLocal) throw new Error(`${hostname} passed.`);
}

/** Every parser of what callers or providers send. */
export const TARGETS: readonly Target[] = [
  ...PARSERS,
  ...GUARD_TARGETS,
  dialect('openai-chat', openAiChat),
  dialect('openai-completions', openAiCompletions),
  dialect('openai-responses', openAiResponses),
  dialect('openai-embeddings', openAiEmbeddings),
  dialect('openai-moderations', openAiModerations),
  dialect('anthropic-messages', anthropicMessages),
  dialect('anthropic-count-tokens', anthropicCountTokens),
  dialect('gemini-generate', geminiGenerate),
  dialect('gemini-embed', geminiEmbed),
  dialect('cohere-rerank', cohereRerank),
];
