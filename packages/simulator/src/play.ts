import { setTimeout as sleep } from 'node:timers/promises';
import { createTally, type Tally } from './tokens.js';
import type { Call, Identity, StreamRendering, Wire } from './wires/wire.js';
import type { ContentStep, Fault, FinishReason, Step } from './steps.js';
import type { Exchange } from './exchange.js';

export interface Performance {
  readonly steps: Iterable<Step>;
  readonly wire: Wire;
  readonly call: Call;
  readonly identity: Identity;
}

type Performed = void | Promise<void>;

/** How one form of answer, plain or streamed, carries the steps that the two do not share. */
interface Stage {
  open(): Performed;
  content(step: ContentStep): Performed;
  keepAlive(): Performed;
  finish(reason: FinishReason): Performed;
  fault(fault: Fault): Performed;
  /** Puts on the wire what must stand there before the answer stops short. */
  breakOff(): void;
  end(): Performed;
  withholdUsage(): void;
}

/** Performs the steps one by one, the next when the last is on the wire. Rejects with the signal's reason once the caller left. */
export async function play({ steps, ...scene }: Performance, exchange: Exchange): Promise<void> {
  const tally = createTally(scene.call.question.inputTokens);
  const rendering = scene.call.stream?.(scene.identity);
  const stage = rendering ? streamed({ ...scene, rendering, tally }, exchange) : whole({ ...scene, tally }, exchange);
  for (const step of steps) {
    await perform(step, stage, exchange);
    if (exchange.ended) return;
  }
}

function perform(step: Step, stage: Stage, exchange: Exchange): Performed {
  switch (step.type) {
    case 'wait':
      return sleep(step.ms, undefined, { signal: exchange.left });
    case 'open':
      return stage.open();
    case 'keep-alive':
      return stage.keepAlive();
    case 'withhold-usage':
      return stage.withholdUsage();
    case 'finish':
      return stage.finish(step.reason);
    case 'fault':
      return stage.fault(step.fault);
    case 'hang':
      stage.breakOff();
      return exchange.untilLeft();
    case 'cut':
      stage.breakOff();
      return exchange.cut(step.by);
    case 'end':
      return stage.end();
    case 'raw':
      return exchange.answer({ status: 200, contentType: step.contentType, body: step.body });
    case 'text':
    case 'reasoning':
    case 'refusal':
    case 'tool-call':
      return stage.content(step);
  }
}

type Scene = Omit<Performance, 'steps'> & { readonly tally: Tally };

const JSON_TYPE = 'application/json';

function whole({ wire, call, identity, tally }: Scene, exchange: Exchange): Stage {
  const content: ContentStep[] = [];
  let opened = false;
  let counted = true;
  const body = (finish?: FinishReason): string =>
    JSON.stringify(
      call.plain({ content, ...(finish && { finish }), ...(counted && { usage: tally.count }) }, identity),
    );
  const send = (text: string): void => exchange.answer({ status: 200, contentType: JSON_TYPE, body: text });

  return {
    open() {
      opened = true;
    },
    content(step) {
      opened = true;
      content.push(step);
      tally.add(step);
    },
    keepAlive() {},
    finish: (reason) => send(body(reason)),
    end: () => send(body()),
    fault(fault) {
      if (opened) send(JSON.stringify(wire.fault(fault, exchange.requestId)));
      else exchange.fault(fault, wire);
    },
    breakOff() {
      if (opened) exchange.answerHalf({ status: 200, contentType: JSON_TYPE, body: body() });
    },
    withholdUsage() {
      counted = false;
    },
  };
}

function streamed(scene: Scene & { readonly rendering: StreamRendering }, exchange: Exchange): Stage {
  const { wire, tally, rendering } = scene;
  let counted = true;
  const usage = () => (counted ? tally.count : undefined);
  const open = async (): Promise<void> => {
    if (exchange.begun) return;
    exchange.beginStream();
    await exchange.write(rendering.open(usage()));
  };
  const last = async (frames: string): Promise<void> => {
    await open();
    await exchange.write(frames);
    exchange.end();
  };

  return {
    open,
    async content(step) {
      await open();
      tally.add(step);
      await exchange.write(rendering.content(step));
    },
    async keepAlive() {
      await open();
      await exchange.write(rendering.keepAlive());
    },
    finish: (reason) => last(rendering.finish(reason, usage())),
    end: () => last(''),
    fault: (fault) => (exchange.begun ? last(rendering.fault(fault)) : exchange.fault(fault, wire)),
    breakOff() {},
    withholdUsage() {
      counted = false;
    },
  };
}
