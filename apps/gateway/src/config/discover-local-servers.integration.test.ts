import { fakeUpstream, reply, timed } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { createTransport } from '@sluice/transport';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { LOCAL_SERVERS, PROBE_TIMEOUT_MS, discoverLocalServers } from './discover-local-servers.js';
import type { LocalServer } from './discover-local-servers.js';
import { systemClock } from '../system-clock.js';

const transport = createTransport({ clock: systemClock });
afterAll(() => transport.close());

async function server(name: string, answer: Reply): Promise<LocalServer> {
  const upstream = await fakeUpstream(answer);
  onTestFinished(() => upstream.close());
  return { name, kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` };
}

/** The two ways in which what listens on Ollama's port is asked. */
async function bothWays(answer: Reply): Promise<readonly [LocalServer, LocalServer]> {
  const compatible = await server('ollama', answer);
  return [{ name: 'ollama', kind: 'ollama', baseUrl: compatible.baseUrl.replace('/v1', '') }, compatible];
}

const list = () => reply().json({ object: 'list', data: [{ id: 'smollm2' }] });

describe('discoverLocalServers', () => {
  it('looks on the usual ports', () => {
    const places = new Set(LOCAL_SERVERS.map(({ name, baseUrl }) => `${name} ${new URL(baseUrl).port}`));
    expect([...places]).toEqual(['ollama 11434', 'lmstudio 1234', 'llamacpp 8080', 'vllm 8000']);
  });

  it('finds servers that list models', async () => {
    const lmstudio = await server('lmstudio', list());
    const vllm = await server('vllm', list());
    expect(await discoverLocalServers(transport, [lmstudio, vllm])).toEqual({
      lmstudio: { kind: 'openai-compatible', baseUrl: lmstudio.baseUrl, allowPrivateNetwork: true },
      vllm: { kind: 'openai-compatible', baseUrl: vllm.baseUrl, allowPrivateNetwork: true },
    });
  });

  it('takes Ollama by its own API, even where the other one answers as well', async () => {
    const [native, compatible] = await bothWays(
      reply().json({ models: [{ name: 'qwen3:0.6b' }], data: [{ id: 'a' }] }),
    );
    expect(await discoverLocalServers(transport, [native, compatible])).toEqual({
      ollama: { kind: 'ollama', baseUrl: native.baseUrl, allowPrivateNetwork: true },
    });
  });

  it("takes another server on Ollama's port for what it is", async () => {
    const [native, compatible] = await bothWays(list());
    expect(await discoverLocalServers(transport, [native, compatible])).toEqual({
      ollama: { kind: 'openai-compatible', baseUrl: compatible.baseUrl, allowPrivateNetwork: true },
    });
  });

  it('takes nothing else for a model server', async () => {
    const others = [
      await server('page', reply().body('<html>hello</html>')),
      await server('api', reply().json({ data: 'no list' })),
      await server('closed', reply().status(401).json({ data: [] })),
      await server('broken', reply().reset()),
      { name: 'absent', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } as const,
    ];
    expect(await discoverLocalServers(transport, others)).toEqual({});
  });

  it('waits for no server longer than the limit, however many are silent', async () => {
    const silent = [
      await server('a', reply().silence()),
      await server('b', reply().head().silence()),
      await server('c', reply().silence()),
    ];
    const { value: found, tookMs } = await timed(() => discoverLocalServers(transport, silent));
    expect([found, tookMs < PROBE_TIMEOUT_MS * 2]).toEqual([{}, true]);
  });
});
