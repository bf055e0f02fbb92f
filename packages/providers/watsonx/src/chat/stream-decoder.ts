import type { ChatEvent, Frame, StreamDecoder, Target } from '@sluice/contract';
import { createChunkDecoder } from '@sluice/provider-openai-compatible/internal';
import { classify } from '../classify.js';

/**
 * Decodes one streamed answer; holds its state. Its chunks are OpenAI's; it ends without `[DONE]`, after the usage, and an
 * error is an event of that name.
 */
export function openStreamDecoder({ model }: Pick<Target, 'model'>): StreamDecoder<ChatEvent> {
  return new WatsonxStream(model);
}

class WatsonxStream implements StreamDecoder<ChatEvent> {
  readonly #chunks = createChunkDecoder();
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  push(frame: Frame): readonly ChatEvent[] {
    if (frame.event === 'error') throw classify({ stage: 'in-band', frame });
    const events = this.#chunks.push(frame);
    const [first, ...others] = events;
    return first?.type === 'start' && first.model === '' ? [{ ...first, model: this.#model }, ...others] : events;
  }

  end(): readonly ChatEvent[] {
    return this.#chunks.end();
  }
}
