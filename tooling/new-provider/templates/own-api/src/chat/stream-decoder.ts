import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Frame, StreamDecoder } from '@sluice/contract';

/** Decodes one streamed answer; holds its state. */
export function openStreamDecoder(): StreamDecoder<ChatEvent> {
  return {
    push(_frame: Frame) {
      return [];
    },
    end() {
      throw gatewayError('upstream_truncated', { message: 'The stream of the provider ended early.' });
    },
  };
}
