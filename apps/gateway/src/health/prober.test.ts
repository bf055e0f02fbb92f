import { setImmediate } from 'node:timers/promises';
import { breakerSettings, createCircuits } from '@sluice/breaker';
import { gatewayError } from '@sluice/contract';
import type { ErrorCode, Provider, Transport, UpstreamRequest } from '@sluice/contract';
import { TargetStatsTable } from '@sluice/core';
import { openAiCompatible } from '@sluice/provider-openai-compatible';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { probeSettings } from '../config/probe-settings.js';
import { Prober } from './prober.js';

const EVERY_MS = 10_000;
const STEP_MS = 500;
const LIST = '{"data":[{"id":"m"}]}';

/** What a provider does with a call: answers with a status and a body, fails, or says nothing. */
type Behaviour = readonly [status: number, body?: string] | ErrorCode | 'silence';

interface SceneInit {
  readonly keys?: number;
  readonly path?: string;
  readonly targets?: readonly string[];
  /** The provider has no list of models. */
  readonly isListless?: boolean;
}

/** A prober that has its first turn after half its time, in front of a provider that behaves as it is told. */
class Scene {
  readonly clock = createManualClock();
  readonly circuits = createCircuits(breakerSettings.parse({}), { clock: this.clock });
  readonly stats = new TargetStatsTable();
  readonly asked: UpstreamRequest[] = [];
  readonly aborted: unknown[] = [];
  readonly prober: Prober;
  behaviour: Behaviour = [200, LIST];
  isServing = true;

  constructor({ keys = 1, path, targets = ['a/m'], isListless = false }: SceneInit = {}) {
    const settings = probeSettings.parse({ everyMs: EVERY_MS, ...(path === undefined ? {} : { path }) });
    this.prober = new Prober(
      { name: 'a', keys: Array.from({ length: keys }, (_, key) => account(key, isListless)), settings },
      {
        clock: this.clock,
        circuits: this.circuits,
        stats: this.stats,
        random: () => 0.5,
        isServing: () => this.isServing,
        transport: { send: (request, _, signal) => this.#answer(request, signal) },
      },
    );
    this.prober.watch(targets);
  }

  /** Lets so many turns come: the first at half its time. */
  turns(count: number): Promise<void> {
    return this.pass(count * EVERY_MS);
  }

  /** In small steps, so that what is begun at one time is over before the next. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      await this.settled();
    }
  }

  async settled(): Promise<void> {
    for (let i = 0; i < 5; i += 1) await setImmediate();
  }

  /** A request of a caller. */
  request(target = 'a/m'): void {
    const stats = this.stats.of(target);
    stats.begin('plain', this.clock.monotonic());
    stats.end('ok', this.clock.monotonic());
  }

  #answer(request: UpstreamRequest, signal: AbortSignal): ReturnType<Transport['send']> {
    this.asked.push(request);
    const { behaviour } = this;
    if (behaviour === 'silence') {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          this.aborted.push(signal.reason);
          reject(signal.reason as Error);
        });
      });
    }
    if (typeof behaviour === 'string') return Promise.reject(gatewayError(behaviour));
    const [status, body = ''] = behaviour;
    return Promise.resolve({
      head: { status, headers: {} },
      body: {
        bytes: () => Promise.resolve(Buffer.from(body)),
        cancel: () => undefined,
        [Symbol.asyncIterator]: () => [][Symbol.iterator]() as unknown as AsyncIterator<Uint8Array>,
      },
    } as unknown as Awaited<ReturnType<Transport['send']>>);
  }
}

function account(key: number, isListless: boolean): Provider {
  const settings = { kind: 'openai-compatible' as const, baseUrl: 'http://up.test/v1', apiKey: { env: `K${key}` } };
  const { models, ...provider } = openAiCompatible.create(openAiCompatible.settings.parse(settings), {
    secret: () => Promise.resolve(`key-${key}`),
  });
  return isListless || !models ? provider : { ...provider, models };
}

describe('a prober', () => {
  it('asks for the list of models once in its time, with a key in its turn', async () => {
    const scene = new Scene({ keys: 2 });
    await scene.turns(4);
    expect(scene.asked.map(({ method, url, headers }) => [method, url.href, headers['authorization']])).toEqual(
      ['key-0', 'key-1', 'key-0', 'key-1'].map((key) => ['GET', 'http://up.test/v1/models', `Bearer ${key}`]),
    );
  });

  it.for([
    [{ path: '/health' }, 'http://up.test/health'],
    [{ isListless: true }, 'http://up.test/v1'],
  ] as const)('set up as %j asks for %s', async ([init, expected]) => {
    const scene = new Scene(init);
    await scene.turns(1);
    expect(scene.asked.map(({ url }) => url.href)).toEqual([expected]);
    expect(scene.prober.find(0)).toMatchObject({ ok: true });
  });

  it('does not ask while requests do, nor while one is under way, and begins again when they no longer do', async () => {
    const scene = new Scene();
    for (let i = 0; i < 5; i += 1) {
      scene.request();
      await scene.turns(1);
    }
    const during = scene.asked.length;
    scene.stats.of('a/m').begin('stream', scene.clock.monotonic());
    await scene.turns(3);
    const beside = scene.asked.length;
    scene.stats.of('a/m').end('ok', scene.clock.monotonic());
    await scene.turns(2);
    expect([during, beside, scene.asked.length > 0]).toEqual([0, 0, true]);
  });

  it('asks for the targets that no request has asked, and leaves the others alone', async () => {
    const scene = new Scene({ targets: ['a/m', 'a/n'] });
    scene.behaviour = 'upstream_connection_error';
    for (let i = 0; i < 5; i += 1) {
      scene.request('a/n');
      await scene.turns(1);
    }
    expect(['a/m', 'a/n'].map((target) => scene.circuits.state(target))).toEqual(['open', 'closed']);
  });

  it.for<readonly [Behaviour, ErrorCode, target: string, key: string]>([
    ['upstream_connection_error', 'upstream_connection_error', 'open', 'closed'],
    ['silence', 'upstream_timeout', 'open', 'closed'],
    [[500], 'upstream_invalid_response', 'open', 'closed'],
    [[200, '<html>'], 'upstream_invalid_response', 'open', 'closed'],
    [[401], 'upstream_auth_error', 'closed', 'open'],
    [[404], 'upstream_model_not_found', 'closed', 'closed'],
  ])('that meets %j tells the circuit it concerns, and what it failed of', async ([behaviour, code, target, key]) => {
    const scene = new Scene();
    scene.behaviour = behaviour;
    await scene.turns(6);
    const ofKey = scene.circuits.list().find((circuit) => circuit.target === 'a#0')?.state ?? 'closed';
    expect([scene.circuits.state('a/m'), ofKey]).toEqual([target, key]);
    expect(scene.prober.find(0)).toMatchObject({ ok: false, errorCode: code });
  });

  it('closes a circuit as a request would: after its rest, as its one probe', async () => {
    const scene = new Scene();
    scene.behaviour = 'upstream_connection_error';
    await scene.turns(6);
    const before = scene.circuits.state('a/m');
    scene.behaviour = [200, LIST];
    await scene.turns(1);
    expect([before, scene.circuits.state('a/m'), scene.prober.find(0)?.ok]).toEqual(['open', 'closed', true]);
  });

  it('asks nobody whom the circuits keep out', async () => {
    const scene = new Scene({ keys: 2 });
    scene.circuits.forceOpen('a#0');
    await scene.turns(2);
    expect(scene.asked.map(({ headers }) => headers['authorization'])).toEqual(['Bearer key-1', 'Bearer key-1']);
    scene.circuits.forceOpen('a/m');
    await scene.turns(2);
    expect(scene.asked).toHaveLength(2);
  });

  it('is cut at its own deadline, and has one call under way at most', async () => {
    const scene = new Scene();
    scene.behaviour = 'silence';
    await scene.pass(EVERY_MS / 2 + 1_999);
    const before = [scene.asked.length, scene.aborted.length];
    await scene.pass(1);
    expect([before, scene.aborted]).toMatchObject([[1, 0], [{ code: 'upstream_timeout' }]]);
  });

  it('begins nothing while the gateway does not serve, and goes on when it does', async () => {
    const scene = new Scene();
    scene.isServing = false;
    await scene.turns(3);
    const during = scene.asked.length;
    scene.isServing = true;
    await scene.turns(1);
    expect([during, scene.asked.length]).toEqual([0, 1]);
  });

  it('that is stopped ends its call, blames nobody and asks no more', async () => {
    const scene = new Scene();
    scene.behaviour = 'silence';
    await scene.pass(EVERY_MS / 2);
    scene.prober.stop();
    await scene.settled();
    await scene.turns(5);
    expect([scene.asked.length, scene.circuits.list().map(({ failures }) => failures)]).toEqual([1, [0]]);
  });

  it('has nothing to say of a provider that requests have asked since', async () => {
    const scene = new Scene();
    scene.behaviour = 'upstream_connection_error';
    await scene.turns(1);
    const before = scene.prober.find(0);
    scene.clock.advance(1);
    scene.request();
    expect([before?.ok, scene.prober.find(0)]).toEqual([false, undefined]);
  });

  it('of a provider that no alias leads to tells its key alone', async () => {
    const scene = new Scene({ targets: [] });
    scene.behaviour = [401];
    await scene.turns(1);
    expect(scene.circuits.list().map(({ target, state }) => [target, state])).toEqual([
      ['a', 'closed'],
      ['a#0', 'open'],
    ]);
  });
});
