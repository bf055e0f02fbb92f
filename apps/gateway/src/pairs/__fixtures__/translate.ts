import type { ChatEvent, ChatResult, FrameReader, JsonObject, WriteContext } from '@sluice/contract';
import { createFrameReader, createLineReader, parseCallBody, tryParseExact } from '@sluice/toolkit';
import type { Client } from './clients/client.js';
import type { Vendor } from './vendors.js';

const CONTEXT: WriteContext = { requestId: 'req_1', answerId: 'answer-1', createdSeconds: 1, wantsUsage: true };

function openFrames({ chat }: Vendor): FrameReader {
  const { framing } = chat.stream;
  if (typeof framing === 'function') return framing();
  return framing === 'sse' ? createFrameReader() : createLineReader();
}

/** The events of a stream that came in these pieces; throws where it never came to its end. */
export function readStream(vendor: Vendor, pieces: readonly Uint8Array[]): readonly ChatEvent[] {
  const reader = openFrames(vendor);
  const decoder = vendor.chat.stream.open(vendor.wire.head, vendor.target);
  const events = pieces.flatMap((piece) => reader.push(piece).flatMap((frame) => decoder.push(frame)));
  const rest = (reader.end?.() ?? []).flatMap((frame) => decoder.push(frame));
  return [...events, ...rest, ...decoder.end()];
}

/** A canonical answer as the client gets it. */
export function answerFor({ dialect, question }: Client, result: ChatResult): JsonObject {
  return tryParseExact(dialect.writeResult(result, { ...CONTEXT, wire: question })) as JsonObject;
}

/** The bytes of a canonical stream as the client gets them. */
export function streamFor({ dialect, question }: Client, events: readonly ChatEvent[]): string {
  const writer = dialect.stream?.open({ ...CONTEXT, wire: question });
  return events.map((event) => writer?.write(event) ?? '').join('');
}

/** The canonical request of a client. */
export function parseFor({ dialect, address }: Client, body: JsonObject) {
  const { wire, whole } = parseCallBody(Buffer.from(JSON.stringify(body)));
  return dialect.parse(whole ? whole() : wire, address);
}
