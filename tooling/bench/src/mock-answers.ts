const SENTENCE = 'The gateway forwards this sentence unchanged to the caller. ';
const TEXT = SENTENCE.repeat(13).trim();
/** Frames of a stream with `[DONE]`, the usage frame not counted; in a stream of messages what stands for them. */
export const STREAM_FRAMES = 60;
/** Those of them that hold text: all but the first and the last two. */
export const STREAM_DELTAS = STREAM_FRAMES - 3;
const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n';

const CHAT_ID = 'chatcmpl-C0a1B2c3D4e5F6g7H8i9J0k1L2m3N';
const USAGE = {
  prompt_tokens: 230,
  completion_tokens: 143,
  total_tokens: 373,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

/** A chat completion of about 1.2 KB, as bytes of a whole HTTP answer. */
export const chatAnswer = json({
  id: CHAT_ID,
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'bench-model-2026-01-01',
  choices: [
    { index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
  usage: USAGE,
  service_tier: 'default',
  system_fingerprint: 'fp_0123456789',
});

const MESSAGE = {
  id: 'msg_01A2B3C4D5E6F7G8H9I0J1K2',
  type: 'message',
  role: 'assistant',
  model: 'bench-model-2026-01-01',
  content: [{ type: 'text', text: TEXT }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 230, output_tokens: 143, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
};
/** The same in Anthropic's dialect, for the targets that do not translate. */
export const messageAnswer = json(MESSAGE);

export const modelsAnswer = json({
  object: 'list',
  data: [{ id: 'bench-model', object: 'model', created: 1_760_000_000, owned_by: 'bench' }],
});

/** What a stream writes one after the other: the first piece has the head, each has one frame, the last ends it. */
export const streamPieces = chunkPieces(false);
export const streamPiecesWithUsage = chunkPieces(true);
/** The same in Anthropic's dialect, for the targets that do not translate. */
export const messageStreamPieces = messagePieces();

function chunkPieces(withUsage: boolean): readonly Buffer[] {
  const last = STREAM_FRAMES - 2;
  const frames = Array.from({ length: last + 1 }, (_, i) => frame(deltaAt(i, last), i === last ? 'stop' : null));
  if (withUsage) frames.push(`data: ${JSON.stringify({ ...chunk([]), usage: USAGE })}\n\n`);
  return toPieces([...frames, 'data: [DONE]\n\n']);
}

function messagePieces(): readonly Buffer[] {
  const deltas = Array.from({ length: STREAM_DELTAS }, (_, i) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ` word${i + 1}` } }),
  );
  const start = { ...MESSAGE, content: [], stop_reason: null };
  const block = { index: 0, content_block: { type: 'text', text: '' } };
  const end = { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 143 } };
  return toPieces([
    event('message_start', { message: start }) + event('content_block_start', block),
    ...deltas,
    event('content_block_stop', { index: 0 }) + event('message_delta', end),
    event('message_stop', {}),
  ]);
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function toPieces(frames: readonly string[]): readonly Buffer[] {
  return frames.map((text, i) => {
    const encoded = `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    return Buffer.from(`${i === 0 ? STREAM_HEAD : ''}${encoded}${i === frames.length - 1 ? '0\r\n\r\n' : ''}`);
  });
}

function deltaAt(index: number, last: number): object {
  if (index === 0) return { role: 'assistant', content: '', refusal: null };
  return index === last ? {} : { content: ` word${index}` };
}

function frame(delta: object, finishReason: string | null): string {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason };
  return `data: ${JSON.stringify(chunk([choice]))}\n\n`;
}

function chunk(choices: readonly object[]): object {
  return {
    id: CHAT_ID,
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'bench-model-2026-01-01',
    service_tier: 'default',
    system_fingerprint: 'fp_0123456789',
    choices,
  };
}

function json(value: object): Buffer {
  const body = JSON.stringify(value);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}
