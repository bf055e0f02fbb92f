import { gatewayError } from '@sluice/contract';
import type { Operation, ResponseHead, SpeechRequest, SpeechResult } from '@sluice/contract';
import { NO_FEATURES, changed, droppedExtensions, extensionsFor } from '@sluice/toolkit';
import { OPENAI_SPEECH } from '@sluice/toolkit/openai-wire';
import { fieldsFor } from '../foreign-fields.js';
import type { Server } from '../server.js';
import { jsonPassthrough } from './json-passthrough.js';
import { rulesFor, toKnownFormat } from './media-rules.js';

const PATH = 'audio/speech';

/** Text read aloud. Source: npm openai 6.49.0, `resources/audio/speech.d.ts`. */
export function createSpeechOperation(server: Server): Operation<SpeechRequest, SpeechResult, never> {
  const rules = rulesFor(server, 'speech');
  const { path = PATH } = rules;
  const through = jsonPassthrough(server, { dialect: OPENAI_SPEECH, path, rules, inspect: inspectSpeech });
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const { input, voice, instructions, format, speed } = request;
      const known = toKnownFormat(rules, format);
      const { fields, dropped } = fieldsFor(rules, {
        ...extensionsFor(request, OPENAI_SPEECH),
        model: server.nameOf(target.model),
        input,
        voice,
        instructions,
        response_format: known,
        speed,
      });
      const body = JSON.stringify(fields);
      return {
        request: { method: 'POST', url: server.locate(target, path), headers: server.headers.plain, body },
        adjustments: [
          ...changed('response_format', known !== format),
          ...dropped,
          ...droppedExtensions(request, OPENAI_SPEECH),
        ],
      };
    },
    decode(audio, head) {
      inspectSpeech(audio);
      return { model: '', audio, contentType: typeOf(head) };
    },
    passthroughs: [{ ...through, answers: 'any' }],
  };
}

/** Sound has no end that could be told from a cut: that the length is as announced is the transport's to see. */
function inspectSpeech(audio: Uint8Array): Record<string, never> {
  if (audio.length > 0) return {};
  throw gatewayError('upstream_truncated', { message: 'The provider sent no sound.' });
}

function typeOf({ headers }: ResponseHead): string {
  return headers['content-type'] ?? 'application/octet-stream';
}
