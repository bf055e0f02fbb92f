import { cutServer } from './cut-server.js';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';
import type { WireClient } from './wire-clients.js';

export type Wire = 'openai-compatible' | 'anthropic';

export interface CutEverywhere {
  readonly client: WireClient;
  readonly wire: Wire;
  readonly stream: boolean;
  /** Every so many bytes; the whole answer is asked for as well. */
  readonly step: number;
}
export interface Seen {
  readonly asked: number;
  /** What looked like something else than it was, in words. */
  readonly wrong: readonly string[];
  readonly slowestMs: number;
}

const AT_ONCE = 8;
const WORDS = Array.from({ length: 40 }, (_, i) => `wörd-${i} “${'x'.repeat(26)}” `);
const HEAD = (type: string): string => `HTTP/1.0 200 OK\r\ncontent-type: ${type}\r\n\r\n`;

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const event = (type: string, fields: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const usage = { input_tokens: 3, output_tokens: 9 };
const message = { id: 'msg', type: 'message', role: 'assistant', model: 'm', stop_sequence: null, usage };

/** Answers that HTTP cannot tell from parts of them: they have no length, and end where the connection does. */
const ANSWERS: Readonly<Record<Wire, { readonly json: object; readonly opening: string; readonly ending: string }>> = {
  'openai-compatible': {
    json: {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: WORDS.join('') }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
    },
    opening: chunk({ role: 'assistant', content: '' }) + WORDS.map((content) => chunk({ content })).join(''),
    ending: `${chunk({}, 'stop')}data: [DONE]\n\n`,
  },
  anthropic: {
    json: { ...message, content: [{ type: 'text', text: WORDS.join('') }], stop_reason: 'end_turn' },
    opening:
      event('message_start', { message: { ...message, content: [], stop_reason: null } }) +
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      WORDS.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })).join('') +
      event('content_block_stop', { index: 0 }),
    ending:
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 9 } }) +
      event('message_stop'),
  },
};

/** Asks for one answer again and again, each time cut behind another byte, and looks for parts that pass for wholes. */
export async function cutEverywhere({ client, wire, stream, step }: CutEverywhere): Promise<Seen> {
  const { json, opening, ending } = ANSWERS[wire];
  const head = HEAD(stream ? 'text/event-stream' : 'application/json');
  const body = Buffer.from(stream ? opening + ending : JSON.stringify(json));
  const answer = Buffer.concat([Buffer.from(head), body]);
  const sayable = stream ? Buffer.byteLength(opening) : body.length;
  await using server = await cutServer({ answer, headBytes: head.length });
  await using gateway = await startGateway({
    providers: { up: { kind: wire, baseUrl: server.url + (wire === 'anthropic' ? '' : '/v1') } },
    models: { fast: { targets: [{ provider: 'up', model: 'm' }], retries: { max: 0 } } },
    breaker: { consecutiveFailures: 1_000_000 },
  });
  const cuts = [...Array.from({ length: Math.ceil(body.length / step) }, (_, i) => i * step), body.length];
  const wrong: string[] = [];
  let slowestMs = 0;
  const ask = async (cut: number): Promise<void> => {
    const beganMs = performance.now();
    const looks = await look(gateway, { client, stream, cut });
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    const expected = cut < sayable ? ['failed'] : cut === body.length ? ['whole'] : ['failed', 'whole'];
    if (!expected.includes(looks)) wrong.push(`${cut} of ${body.length} bytes: ${looks}`);
  };
  const queue = cuts.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const cut of queue) await ask(cut);
    }),
  );
  await assertInvariants({ gateway, maxAttempts: 1 });
  return { asked: cuts.length, wrong, slowestMs };
}

interface Asking extends Pick<CutEverywhere, 'client' | 'stream'> {
  readonly cut: number;
}

/** What an answer looks like to who reads it. */
async function look(gateway: TestGateway, { client, stream, cut }: Asking): Promise<string> {
  const response = await gateway.call(client.path(stream), { model: 'fast', stream, ...client.body(`cut=${cut}`) });
  const text = await response.text();
  if (response.status !== 200) {
    // Nothing at all is no part of an answer.
    const code = cut === 0 ? /upstream_(?:truncated|invalid_response)/ : /upstream_truncated/;
    return response.status === 502 && code.test(text) ? 'failed' : `status ${response.status}: ${text}`;
  }
  if (!stream) return 'whole';
  const [isWhole, isFailed] = [client.isWhole(text), client.isFailed(text)];
  if (isWhole && isFailed) return 'whole and failed';
  if (isWhole) return 'whole';
  return isFailed ? 'failed' : 'a silent end';
}
