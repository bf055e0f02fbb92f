/** Streams as providers send them, frame by frame. */
export interface StreamFrames {
  /** From the start up to the middle of the answer: the text `Hello there`. */
  readonly opening: readonly string[];
  /** What makes the answer whole; usage of 3 and 2 tokens is in it. */
  readonly ending: readonly string[];
}

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', ...fields })}\n\n`;
/** A frame of a chat, as OpenAI sends it. */
export function chatChunk(delta: object, finish: string | null = null): string {
  return chunk({ choices: [{ index: 0, delta, finish_reason: finish }] });
}
/** The last of them. */
export const DONE = 'data: [DONE]\n\n';
const openAiUsage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

export const OPENAI_STREAM: StreamFrames = {
  opening: [
    chatChunk({ role: 'assistant', content: '' }),
    chatChunk({ content: 'Hello' }),
    chatChunk({ content: ' there' }),
  ],
  ending: [chatChunk({}, 'stop'), chunk({ choices: [], usage: openAiUsage }), DONE],
};

const event = (type: string, fields: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 1 },
};
const textDelta = (text: string): string =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });

export const ANTHROPIC_STREAM: StreamFrames = {
  opening: [
    event('message_start', { message }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    textDelta('Hello'),
    textDelta(' there'),
  ],
  ending: [
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } }),
    event('message_stop'),
  ],
};
