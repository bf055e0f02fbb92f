import type { Operations } from '@sluice/contract';
import type { MediaOperation } from '../rules.js';
import type { Server } from '../server.js';
import { createImageOperation } from './images.js';
import { createModerationOperation } from './moderations.js';
import { createSpeechOperation } from './speech.js';
import { createTranscriptionOperation } from './transcriptions.js';

const CREATE = {
  image: createImageOperation,
  speech: createSpeechOperation,
  transcription: createTranscriptionOperation,
  moderation: createModerationOperation,
} as const satisfies Record<MediaOperation, (server: Server) => unknown>;

/** Every operation that a server may have beside chat and embeddings. */
export const ALL_MEDIA = Object.keys(CREATE) as readonly MediaOperation[];

export function createMediaOperations(
  names: readonly MediaOperation[],
  server: Server,
): Pick<Operations, MediaOperation> {
  return Object.fromEntries(names.map((name) => [name, CREATE[name](server)]));
}
