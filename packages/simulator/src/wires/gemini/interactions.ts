import { GEMINI, refuseArgument, refuseFlaw } from './vendor.js';
import { anything, boolean, findFlaw, list, object, oneOf, optional, text } from '../../shape/shape.js';
import { chooseModel } from '../../models.js';
import { durationMs, hear } from '../../media/speech.js';
import { embedQuestion } from '../embed-question.js';
import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { padded, type Answer, type Asked, type Call, type Wire } from '../wire.js';

/** npm @google/genai 3.3.0, dist/genai.d.ts, `CreateModelInteraction`, `TranscriptionConfig`. */
const BODY = object({
  model: text({ min: 1 }),
  store: optional(boolean),
  input: list(object({ type: oneOf('audio'), data: text({ min: 1 }), mime_type: text() }), { min: 1 }),
  generation_config: optional(
    object({
      transcription_config: optional(
        object({
          language_codes: optional(list(text())),
          custom_vocabulary: optional(list(text())),
          mode: optional(anything),
        }),
      ),
    }),
  ),
});

/** `POST /v1beta/interactions`, for models that transcribe: what is said in a recording, or how long it is. */
export const geminiInteractions: Wire = { vendor: GEMINI, read: readInteraction };

function readInteraction({ body, world }: Asked): Call {
  const flaw = world.strict ? findFlaw(BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = textOr(body['model'], '');
  const model = chooseModel('gemini', name);
  const recording = Buffer.from(textOr(objects(body['input'])[0]?.['data'], ''), 'base64');
  if (recording.length === 0) refuseArgument('Request contains an invalid argument.', 'input');
  const heard = hear(recording) ?? `A recording of ${recording.length} bytes.`;
  const timed = wantsWords(body['generation_config']);
  return {
    question: { ...embedQuestion(name, [heard]), text: heard },
    model,
    plain: (answer, { number }) => ({
      id: `interactions/sim-${padded(number)}`,
      object: 'interaction',
      status: 'completed',
      model: name,
      ...writeTranscript(answer, timed),
    }),
  };
}

function wantsWords(config: unknown): boolean {
  const transcription = isObject(config) ? config['transcription_config'] : undefined;
  const mode = isObject(transcription) ? transcription['mode'] : undefined;
  const granularities: unknown = isObject(mode) ? mode['timestamp_granularities'] : undefined;
  return Array.isArray(granularities) && granularities.includes('word');
}

function writeTranscript({ content, usage }: Answer, timed: boolean): JsonObject {
  const said = content.map((step) => (step.type === 'text' ? step.text : '')).join('');
  const piece = { type: 'text', text: said, ...(timed && { annotations: toWords(said) }) };
  return {
    steps: [{ type: 'model_output', content: [piece] }],
    ...(usage && {
      usage: {
        total_input_tokens: usage.input,
        total_output_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    }),
  };
}

function toWords(said: string): readonly JsonObject[] {
  const words = [...said.matchAll(/\S+/g)];
  return words.map(({ 0: word, index }) => ({
    type: 'word_info',
    text: word,
    start_offset: toOffset(index === 0 ? 0 : durationMs(said.slice(0, index))),
    end_offset: toOffset(durationMs(said.slice(0, index + word.length))),
  }));
}

function toOffset(ms: number): string {
  return `${ms / 1_000}s`;
}
