import type { Operations } from '@sluice/contract';
import { NO_FEATURES } from '@sluice/toolkit';
import type { Server } from '@sluice/provider-openai-compatible/internal';
import { createModerations } from './moderations.js';
import { createSpeech } from './speech.js';
import { createTranscriptions } from './transcriptions.js';

/** What Mistral has at OpenAI's addresses and in a form of its own, so that no bytes pass through. */
export function createMedia(server: Server): Required<Pick<Operations, 'moderation' | 'speech' | 'transcription'>> {
  return {
    moderation: createModerations(server, NO_FEATURES),
    speech: createSpeech(server, NO_FEATURES),
    transcription: createTranscriptions(server, NO_FEATURES),
  };
}

/** None of these operations has anything that a target may lack beside the operation itself. */
