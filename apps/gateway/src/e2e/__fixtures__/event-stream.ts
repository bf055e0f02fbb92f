import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** One event of Amazon Bedrock, in the encoding of the SDK. */
export function awsEvent(type: string, data: object): Buffer {
  return encode({ ':event-type': type, ':message-type': 'event' }, data);
}

/** One exception inside of a stream. */
export function awsException(type: string, message: string): Buffer {
  return encode({ ':exception-type': type, ':message-type': 'exception' }, { message });
}

/** The events of a streamed answer of this text, in two pieces. */
export function awsText(first: string, second: string): readonly Buffer[] {
  const delta = (text: string): Buffer => awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
  return [
    awsEvent('messageStart', { role: 'assistant' }),
    delta(first),
    delta(second),
    awsEvent('contentBlockStop', { contentBlockIndex: 0 }),
    awsEvent('messageStop', { stopReason: 'end_turn' }),
    awsEvent('metadata', { usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7, cacheReadInputTokens: 3 } }),
  ];
}

function encode(headers: Readonly<Record<string, string>>, data: object): Buffer {
  const all = { ...headers, ':content-type': 'application/json' };
  const typed = Object.entries(all).map(([name, value]) => [name, { type: 'string', value }] as const);
  return Buffer.from(codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(JSON.stringify(data)) }));
}
