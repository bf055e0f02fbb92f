import { gatewayError } from '@sluice/contract';
import type { Feature, Operation, SpeechRequest, SpeechResult } from '@sluice/contract';
import type { Server } from '@sluice/provider-openai-compatible/internal';
import { audioFormatOf, changed, dropped, nativeExtensions, parseUpstreamJson } from '@sluice/toolkit';

const PATH = 'audio/speech';
const FORMATS: ReadonlySet<string> = new Set(['pcm', 'wav', 'mp3', 'flac', 'opus']);
const USUAL = 'mp3';
const OWN_FIELDS: ReadonlySet<string> = new Set(['ref_audio', 'metadata']);
const TYPES: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['opus', 'audio/ogg'],
  ['pcm16', 'audio/pcm'],
]);

/**
 * Text read aloud; the sound comes as base64 in JSON, whose kind its first bytes tell.
 * npm @mistralai/mistralai 2.7.0, esm/models/components/speechrequest.d.ts, esm/models/operations/speechv1audiospeechpost.d.ts
 */
export function createSpeech(
  { headers, locate, nameOf }: Server,
  features: ReadonlySet<Feature>,
): Operation<SpeechRequest, SpeechResult, never> {
  return {
    features,
    encode(request, target) {
      const { input, voice, instructions, format = USUAL, speed } = request;
      const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
      const known = FORMATS.has(format);
      // A voice to imitate stands in the place of one that has a name.
      const named = fields.ref_audio === undefined ? { voice_id: voice } : {};
      const body = JSON.stringify({
        ...fields,
        model: nameOf(target.model),
        input,
        ...named,
        response_format: known ? format : USUAL,
        stream: false,
      });
      return {
        request: { method: 'POST', url: locate(target, PATH), headers: headers.plain, body },
        adjustments: [
          ...dropped('instructions', instructions),
          ...changed('response_format', !known),
          ...dropped('speed', speed === 1 ? undefined : speed),
          ...adjustments,
        ],
      };
    },
    decode: decodeSpeech,
  };
}

function decodeSpeech(bytes: Uint8Array): SpeechResult {
  const { audio_data: base64 } = parseUpstreamJson(bytes);
  const audio = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  if (audio.length === 0) throw gatewayError('upstream_invalid_response', { message: 'The provider sent no sound.' });
  const format = audioFormatOf(String(base64));
  return { model: '', audio, contentType: TYPES.get(format) ?? `audio/${format}` };
}
