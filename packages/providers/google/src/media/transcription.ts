import type { Encoded, Operation, Target, TranscriptionRequest, TranscriptionResult } from '@sluice/contract';
import { NO_FEATURES, untranslatable } from '@sluice/toolkit';
import type { GeminiApi } from '../api.js';
import { decodeHeard, encodeDictation, encodeTranscription } from './heard.js';
import { decodeInteraction, encodeInteraction } from './interaction.js';

/** How a model comes to a transcript. */
interface Way {
  encode(request: TranscriptionRequest, target: Target, api: GeminiApi): Encoded;
  decode(body: Uint8Array): TranscriptionResult;
}

const DICTATION: Way = { encode: encodeDictation, decode: decodeHeard };
const GENERATED: Way = { encode: encodeTranscription, decode: decodeHeard };
const INTERACTION: Way = { encode: encodeInteraction, decode: decodeInteraction };

/** Recordings written down: by models made for it, and by every other that hears. */
export function createTranscription(api: GeminiApi): Operation<TranscriptionRequest, TranscriptionResult, never> {
  const native = api.platform === 'developer' ? INTERACTION : GENERATED;
  const wayOf = ({ model }: Target): Way => (model.includes('transcribe') ? native : DICTATION);
  return {
    features: NO_FEATURES,
    encode(request, target) {
      if (target.model.includes('transcribe-live')) throw untranslatable('a recording as a whole', 'model');
      return wayOf(target).encode(request, target, api);
    },
    decode: (body, _head, target) => wayOf(target).decode(body),
  };
}
