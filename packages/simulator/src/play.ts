import { wait, type SimulatorClock } from './clock.js';
import { createTally, type PromptCount, type Tally, type TokenCount } from './tokens.js';
import type { Answer, Call, Chunk, Finish, Identity, StreamRendering, Vendor } from './wires/wire.js';
import type { ContentStep, Fault, Manner, Step } from './steps.js';
import type { Exchange, PlainAnswer } from './exchange.js';

export interface Performance {
  readonly steps: Iterable<Step>;
  readonly vendor: Vendor;
  readonly call: Call;
  readonly identity: Identity;
  readonly prompt: PromptCount;
  readonly clock: SimulatorClock;
}

type Performed = void | Promise<void>;
type Inside = 'frame' | 'code-point' | undefined;

/** How one form of answer, plain or streamed, carries the steps that the two do not share. */
interface Stage {
  open(): Performed;
  content(step: ContentStep): Performed;
  keepAlive(): Performed;
  malformed(): Performed;
  /** Begins an answer that stays one line. */
  beginLine(): Performed;
  finish(finish: Finish): Performed;
  fault(fault: Fault): Performed;
  /** Puts on the wire what must stand there before the answer stops short. */
  breakOff(inside?: Inside): Performed;
  end(): Performed;
  manner(manner: Manner): void;
}

/** Performs the steps one by one, the next when the last is on the wire. Rejects with the signal's reason once the caller left. */
export async function play({ steps, clock, ...scene }: Performance, exchange: Exchange): Promise<void> {
  const tally = createTally(scene.prompt);
  const rendering = scene.call.stream?.(scene.identity);
  const stage = rendering ? streamed({ ...scene, rendering, tally }, exchange) : whole({ ...scene, tally }, exchange);
  for (const step of steps) {
    await (step.type === 'wait' ? wait(clock, step.ms, exchange.left) : perform(step, stage, exchange));
    if (exchange.ended) return;
  }
}

async function perform(
  step: Exclude<Step, { readonly type: 'wait' }>,
  stage: Stage,
  exchange: Exchange,
): Promise<void> {
  switch (step.type) {
    case 'open':
      return stage.open();
    case 'keep-alive':
      return stage.keepAlive();
    case 'manner':
      return stage.manner(step);
    case 'malformed':
      return stage.malformed();
    case 'finish':
      return stage.finish(step);
    case 'fault':
      return stage.fault(step.fault);
    case 'hang':
      await stage.breakOff();
      return exchange.untilLeft();
    case 'cut':
      await stage.breakOff(step.inside);
      return exchange.cut(step.by);
    case 'long-line':
      await stage.beginLine();
      return writeLong(step.bytes, exchange);
    case 'bytes':
      return exchange.writeRaw(Buffer.from(step.bytes, 'latin1'), step.close);
    case 'end':
      return stage.end();
    case 'raw':
      return exchange.answer({ status: step.status ?? 200, contentType: step.contentType, body: step.body });
    case 'text':
    case 'reasoning':
    case 'refusal':
    case 'tool-call':
      return stage.content(step);
  }
}

const PIECE = 'x'.repeat(65_536);

async function writeLong(bytes: number, exchange: Exchange): Promise<void> {
  for (let left = bytes; left > 0; left -= PIECE.length) await exchange.write(PIECE.slice(0, left));
  return exchange.untilLeft();
}

type Scene = Omit<Performance, 'steps' | 'clock'> & { readonly tally: Tally };

const JSON_TYPE = 'application/json';
const SSE_TYPE = 'text/event-stream; charset=utf-8';
/** Four bytes in UTF-8, so that a cut can fall inside. */
const WIDE_CHARACTER = '🙂';
const TERMINALS = { missing: 0, once: 1, twice: 2 };

function counted({ usage }: Manner, tally: Tally): TokenCount | undefined {
  if (usage === 'none') return undefined;
  const { count } = tally;
  return usage === 'wrong' ? { ...count, input: count.input * 2, output: count.output * 2 } : count;
}

function whole({ vendor, call, identity, tally }: Scene, exchange: Exchange): Stage {
  const content: ContentStep[] = [];
  let opened = false;
  let broken = false;
  let manner: Manner = {};
  const toAnswer = (finish?: Finish): PlainAnswer => {
    const usage = counted(manner, tally);
    const answer: Answer = { content, ...(finish && { finish }), ...(usage && { usage }) };
    const made = toBody(call.plain(answer, identity));
    const body = broken ? Buffer.from(made.body as string).subarray(0, -2) : made.body;
    const { headers } = manner;
    return { status: 200, contentType: manner.contentType ?? made.contentType, body, ...(headers && { headers }) };
  };

  return {
    open: () => void (opened = true),
    content(step) {
      opened = true;
      content.push(step);
      tally.add(step);
    },
    keepAlive() {},
    malformed: () => void (broken = true),
    beginLine: () => beginBody(exchange),
    finish: (finish) => exchange.answer(toAnswer(finish)),
    end: () => exchange.answer(toAnswer()),
    fault(fault) {
      if (!opened) return exchange.fault(fault, vendor);
      const body = JSON.stringify(vendor.fault(fault, exchange.requestId, exchange.url));
      exchange.answer({ status: 200, contentType: JSON_TYPE, body });
    },
    breakOff(inside) {
      if (!opened) return;
      if (inside === 'code-point') content.push({ type: 'text', text: WIDE_CHARACTER });
      const answer = toAnswer();
      const bytes = Buffer.from(answer.body as string);
      exchange.answerPart(answer, inside === 'code-point' ? insideCharacter(bytes) : bytes.length >> 1);
    },
    manner: (next) => void (manner = { ...manner, ...next }),
  };
}

function beginBody(exchange: Exchange): Promise<void> {
  exchange.beginStream(JSON_TYPE);
  return exchange.write('{"text":"');
}

function toBody(made: ReturnType<Call['plain']>): { readonly contentType: string; readonly body: Chunk } {
  return 'bytes' in made && made.bytes instanceof Uint8Array
    ? { contentType: String(made['contentType']), body: made.bytes }
    : { contentType: JSON_TYPE, body: JSON.stringify(made) };
}

function streamed(scene: Scene & { readonly rendering: StreamRendering }, exchange: Exchange): Stage {
  const { vendor, tally, rendering } = scene;
  let manner: Manner = {};
  const open = async (): Promise<void> => {
    if (exchange.begun) return;
    exchange.beginStream(manner.contentType ?? rendering.contentType ?? SSE_TYPE, manner.headers);
    await exchange.write(rendering.open(counted(manner, tally)));
  };
  const show = async (render: () => Chunk): Promise<void> => {
    await open();
    await exchange.write(render());
  };
  const last = async (...frames: readonly Chunk[]): Promise<void> => {
    await open();
    for (const chunk of frames) await exchange.write(chunk);
    return exchange.end();
  };

  return {
    open,
    content(step) {
      tally.add(step);
      return show(() => rendering.content(step));
    },
    keepAlive: () => show(() => rendering.keepAlive()),
    malformed: () => show(() => rendering.malformed()),
    beginLine: () => show(() => 'data: {"text":"'),
    finish(finish) {
      const { body, terminal } = rendering.finish(finish, counted(manner, tally));
      return last(body, ...Array.from({ length: TERMINALS[manner.terminal ?? 'once'] }, () => terminal));
    },
    end: () => last(''),
    fault: (fault) => (exchange.begun ? last(rendering.fault(fault)) : exchange.fault(fault, vendor)),
    async breakOff(inside) {
      if (!exchange.begun || inside === undefined) return;
      const bytes = Buffer.from(rendering.content({ type: 'text', text: WIDE_CHARACTER }) as string);
      await exchange.write(bytes.subarray(0, inside === 'frame' ? bytes.length >> 1 : insideCharacter(bytes)));
    },
    manner: (next) => void (manner = { ...manner, ...next }),
  };
}

/** How many bytes reach one past the beginning of the wide character. */
function insideCharacter(bytes: Buffer): number {
  const at = bytes.indexOf(WIDE_CHARACTER);
  return at < 0 ? bytes.length >> 1 : at + 1;
}
