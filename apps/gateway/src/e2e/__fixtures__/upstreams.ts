import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, ReceivedRequest, Reply } from '@sluice/testkit';
import type { GatewayConfig } from '../../gateway.js';
import { CLIENTS } from './clients.js';
import type { SdkClient } from './clients.js';
import { ANTHROPIC_STREAM, OPENAI_STREAM } from './frames.js';
import type { StreamFrames } from './frames.js';
import { startGateway } from './gateway.js';
import type { RemoteGateway, TestGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';

/** A wire that an upstream can speak, with the adapter that understands it. */
export interface Wire {
  readonly kind: 'openai-compatible' | 'anthropic';
  readonly frames: StreamFrames;
  /** What the adapter's `baseUrl` has after the address. */
  readonly basePath: string;
}

export const OPENAI_WIRE: Wire = { kind: 'openai-compatible', frames: OPENAI_STREAM, basePath: '/v1' };
export const ANTHROPIC_WIRE: Wire = { kind: 'anthropic', frames: ANTHROPIC_STREAM, basePath: '' };
export const WIRES: readonly Wire[] = [OPENAI_WIRE, ANTHROPIC_WIRE];

/** Every client at every wire: two of the pairs pass bytes through, two translate. */
export const PAIRS: readonly (SdkClient & Wire)[] = CLIENTS.flatMap((client) =>
  WIRES.map((wire) => ({ ...client, ...wire })),
);

/** The settings of a provider named `up`. */
export function providerAt(url: string, { kind, basePath }: Wire): Record<string, { kind: string; baseUrl: string }> {
  return { up: { kind, baseUrl: url + basePath } };
}

/** What it is disposed of with: the invariants that hold after every fault. */
export interface Setup<G extends RemoteGateway> extends AsyncDisposable {
  readonly gateway: G;
  readonly upstream: FakeUpstream;
  /** The first call as it arrived at the upstream. */
  call(): Promise<ReceivedRequest>;
}

/** A gateway whose provider `up` is an upstream that answers every call with this script. */
export function gatewayTo(wire: Wire, script: Reply): Promise<Setup<TestGateway>> {
  return setUp(wire, script, startGateway);
}

/** The same, with the gateway in the process that `start` puts it in. */
export async function setUp<G extends RemoteGateway>(
  wire: Wire,
  script: Reply,
  start: (config: GatewayConfig) => Promise<G>,
): Promise<Setup<G>> {
  // The first thing that a gateway asks a provider is which models it has.
  const upstream = await fakeUpstream(reply().json({ data: [] }), script);
  const gateway = await start({ providers: providerAt(upstream.url, wire) });
  await upstream.received(1);
  return {
    gateway,
    upstream,
    call: () => upstream.received(2),
    async [Symbol.asyncDispose]() {
      try {
        await assertInvariants({ gateway, upstreams: [upstream] });
      } finally {
        await gateway.close();
        await upstream.close();
      }
    },
  };
}
