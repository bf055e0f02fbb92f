import { PLAIN, type Persona } from '../../personas.js';
import { durationMs, hear, speak } from '../../media/speech.js';
import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { paint } from '../../media/png.js';
import { refuseArgument } from './vendor.js';
import type { Answer, Identity } from '../wire.js';

/**
 * What a model makes that is no text. Sources: ai.google.dev/gemini-api/docs/image-generation and .../speech-generation; the
 * refusals as users quote them in github.com/googleapis/js-genai/issues.
 */
export interface Making {
  readonly medium: 'image' | 'audio';
  readonly said: string;
  /** Width by height. */
  readonly ratio: number;
  /** Bare samples in place of a file. */
  readonly bare: boolean;
}

/** The voices that there are. ai.google.dev/gemini-api/docs/speech-generation#voices */
const VOICES =
  'achernar achird algenib algieba alnilam aoede autonoe callirrhoe charon despina enceladus erinome fenrir gacrux iapetus kore laomedeia leda orus puck pulcherrima rasalgethi sadachbia sadaltager schedar sulafat umbriel vindemiatrix zephyr zubenelgenubi'.split(
    ' ',
  );

const EARLY = /^gemini-(2\.5|3\.1)-/;

/** What is to be made; nothing where an answer in text was asked for. */
export function readMaking(
  { responseModalities: asked, ...config }: JsonObject,
  name: string,
  said: string,
): Making | undefined {
  const modalities: readonly unknown[] = Array.isArray(asked) ? asked : [];
  const medium = modalities.includes('IMAGE') ? 'image' : modalities.includes('AUDIO') ? 'audio' : undefined;
  if (!medium) return undefined;
  const { imageConfig, responseFormat } = config;
  const [width, height] = textOr(isObject(imageConfig) ? imageConfig['aspectRatio'] : undefined, '1:1')
    .split(':')
    .map(Number);
  const audio = isObject(responseFormat) ? responseFormat['audio'] : undefined;
  const type = isObject(audio) ? audio['mimeType'] : undefined;
  return { medium, said, ratio: (width ?? 1) / (height ?? 1), bare: EARLY.test(name) || type === 'AUDIO_L16' };
}

/** Throws for what the model does not make, and for a voice that it does not have. */
export function checkMaking(
  { responseModalities: asked, speechConfig }: JsonObject,
  name: string,
  persona: Persona,
): void {
  const given = Array.isArray(asked) && asked.length > 0 ? asked.map(String) : ['TEXT'];
  const combination = given.toSorted().join(', ');
  const allowed = persona === PLAIN ? undefined : combinationsOf(name);
  if (allowed && !allowed.includes(combination)) {
    const list = allowed.map((one) => `* ${one}\n`).join('');
    refuseArgument(
      `The requested combination of response modalities (${combination}) is not supported by the model. models/${name} accepts the following combination of response modalities:\n${list}`,
    );
  }
  const voice = voiceOf(speechConfig);
  if (voice !== undefined && !VOICES.includes(voice.toLowerCase())) {
    refuseArgument(`Voice name ${voice} is not supported. Allowed voice names are: ${VOICES.join(', ')}`);
  }
}

function combinationsOf(name: string): readonly string[] {
  if (/-tts\b/.test(name)) return ['AUDIO'];
  return /-image\b/.test(name) ? ['IMAGE', 'IMAGE, TEXT', 'TEXT'] : ['TEXT'];
}

function voiceOf(speechConfig: unknown): string | undefined {
  const voiceConfig = isObject(speechConfig) ? speechConfig['voiceConfig'] : undefined;
  const prebuilt = isObject(voiceConfig) ? voiceConfig['prebuiltVoiceConfig'] : undefined;
  const name = isObject(prebuilt) ? prebuilt['voiceName'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

const TOKENS_PER_PICTURE = 1_290;
const MS_PER_TOKEN = 40;

export function writeMade({ usage }: Answer, { model, number }: Identity, making: Making): JsonObject {
  const { medium, said } = making;
  const output = medium === 'image' ? TOKENS_PER_PICTURE : Math.ceil(durationMs(said) / MS_PER_TOKEN);
  return {
    candidates: [
      { content: { parts: [{ inlineData: toBlob(making) }], role: 'model' }, finishReason: 'STOP', index: 0 },
    ],
    ...(usage && {
      usageMetadata: {
        promptTokenCount: usage.input,
        candidatesTokenCount: output,
        totalTokenCount: usage.input + output,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
        candidatesTokensDetails: [{ modality: medium.toUpperCase(), tokenCount: output }],
      },
    }),
    modelVersion: model,
    responseId: `sim-${number}`,
  };
}

function toBlob({ medium, said, ratio, bare }: Making): JsonObject {
  if (medium === 'image') {
    const width = Math.round(1_024 * Math.sqrt(ratio));
    return { mimeType: 'image/png', data: paint(said, width, Math.round(width / ratio)).toString('base64') };
  }
  const mimeType = bare ? 'audio/L16;codec=pcm;rate=24000' : 'audio/wav';
  return { mimeType, data: speak(said, bare ? 'pcm' : 'wav').toString('base64') };
}

/** What is said in the recordings of the last turn, as far as {@link speak} made them. */
export function heardIn(contents: readonly JsonObject[]): string | undefined {
  const blobs = objects(contents.at(-1)?.['parts']).map(({ inlineData }) => (isObject(inlineData) ? inlineData : {}));
  const recordings = blobs.filter(({ mimeType }) => textOr(mimeType, '').startsWith('audio/'));
  const heard = recordings.map(({ data }) => hear(Buffer.from(textOr(data, ''), 'base64')));
  return heard.find((said) => said !== undefined);
}
