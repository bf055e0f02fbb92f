import { afterAll, onTestFinished } from 'vitest';
import { startSimulator, type Simulator, type SimulatorOptions } from '../server.js';

/** A simulator that lives as long as the test. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** A simulator that lives as long as the tests of a file. */
export async function simulateForFile(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  afterAll(() => simulator.close());
  return simulator;
}

export interface Asked {
  readonly path?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export function post(simulator: Simulator, body: unknown, asked: Asked = {}): Promise<Response> {
  const { path = '/v1/chat/completions', signal, headers = {} } = asked;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const version = path.startsWith('/v1/messages') ? { 'anthropic-version': '2023-06-01' } : {};
  const sent = { ...version, ...headers };
  return fetch(`${simulator.url}${path}`, { method: 'POST', body: text, headers: sent, signal: signal ?? null });
}

/** An OpenAI chat body that says one thing. */
export function chat(model: string, extra: object = {}): object {
  return { model, messages: [{ role: 'user', content: 'Hello there' }], ...extra };
}

/** An Anthropic body that says one thing. */
export function message(model: string, extra: object = {}): object {
  return { model, max_tokens: 1000, messages: [{ role: 'user', content: 'Hello there' }], ...extra };
}

export interface Event {
  readonly event?: string;
  readonly data: unknown;
}

/** The events of a whole stream, JSON parsed; `[DONE]` stays text. Comments are left out. */
export function readEvents(stream: string): readonly Event[] {
  return stream
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => {
      const [, event] = /^event: (.*)$/m.exec(block) ?? [];
      const [, data = ''] = /^data: (.*)$/m.exec(block) ?? [];
      const value: unknown = data.startsWith('{') ? JSON.parse(data) : data;
      return event === undefined ? { data: value } : { event, data: value };
    });
}
