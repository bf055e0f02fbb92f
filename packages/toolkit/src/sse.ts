import { gatewayError } from '@sluice/contract';
import type { Frame, FrameReader, GatewayError } from '@sluice/contract';
import { createParser } from 'eventsource-parser';

/**
 * A frame that grows past this many characters is refused, so that no upstream can fill the memory. As large as a plain
 * answer may be: vendors send a picture in a single frame.
 */
export const MAX_FRAME_CHARS = 33_554_432;

/** Server-sent events, whatever the line ends. Grammar: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export function createFrameReader(maxFrameChars: number = MAX_FRAME_CHARS): FrameReader {
  const decoder = new TextDecoder();
  let frames: Frame[] = [];
  let overflow = false;
  const parser = createParser({
    maxBufferSize: maxFrameChars,
    onEvent: ({ event, data }) => void frames.push({ event, data }),
    onError: ({ type }) => void (overflow ||= type === 'max-buffer-size-exceeded'),
  });
  return {
    push(read) {
      if (overflow) throw frameTooLarge();
      parser.feed(decoder.decode(read, { stream: true }));
      const ready = frames;
      frames = [];
      if (overflow && ready.length === 0) throw frameTooLarge();
      return ready;
    },
  };
}

/** One event as text, its data split over `data:` lines where it holds line ends. */
export function writeFrame({ event, data }: Frame): string {
  const body = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return event === undefined ? `data: ${body}\n\n` : `event: ${event}\ndata: ${body}\n\n`;
}

/** The failure of an upstream whose event exceeds {@link MAX_FRAME_CHARS}. */
export function frameTooLarge(): GatewayError {
  return gatewayError('upstream_invalid_response', { message: 'The provider sent an event larger than 32 MiB.' });
}
