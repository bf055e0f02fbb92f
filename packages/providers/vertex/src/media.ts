import type {
  ImageRequest,
  ImageResult,
  Operation,
  SpeechRequest,
  SpeechResult,
  Target,
  TranscriptionRequest,
  TranscriptionResult,
} from '@sluice/contract';
import {
  createImages as createGeminiImages,
  createSpeech as createGeminiSpeech,
  createTranscription as createGeminiTranscription,
} from '@sluice/provider-google/internal';
import { untranslatable } from '@sluice/toolkit';
import type { Account } from './account.js';
import { toGeminiApi } from './gemini.js';
import { createImagen } from './imagen.js';
import { readModel } from './model.js';

/** Pictures by Google's models: those of Gemini that draw, and Imagen. */
export function createImages(account: Account): Operation<ImageRequest, ImageResult, never> {
  const gemini = onlyGoogle(createGeminiImages(toGeminiApi(account)), 'a wish for pictures');
  const imagen = createImagen(account);
  const drawnBy = ({ model }: Target): Operation<ImageRequest, ImageResult, never> =>
    readModel(model).name.startsWith('imagen') ? imagen : gemini;
  return {
    features: gemini.features,
    encode: (request, target) => drawnBy(target).encode(request, target),
    decode: (body, head, target) => drawnBy(target).decode(body, head, target),
  };
}

export function createSpeech(account: Account): Operation<SpeechRequest, SpeechResult, never> {
  return onlyGoogle(createGeminiSpeech(toGeminiApi(account)), 'a text to be read aloud');
}

export function createTranscription(account: Account): Operation<TranscriptionRequest, TranscriptionResult, never> {
  return onlyGoogle(createGeminiTranscription(toGeminiApi(account)), 'a recording');
}

/** Models of other publishers have no such method: they are refused before anybody is asked. */
function onlyGoogle<Request, Result>(
  operation: Operation<Request, Result, never>,
  what: string,
): Operation<Request, Result, never> {
  return {
    ...operation,
    encode(request, target) {
      if (readModel(target.model).wire !== 'gemini') throw untranslatable(what, 'model');
      return operation.encode(request, target);
    },
  };
}
