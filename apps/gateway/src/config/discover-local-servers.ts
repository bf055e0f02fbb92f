import type { ModelListing, Transport } from '@sluice/contract';
import { ollama } from '@sluice/provider-ollama';
import { openAiCompatible } from '@sluice/provider-openai-compatible';
import type { RawProviders } from './zero-config.js';

/** Where a kind of model server listens unless told otherwise. */
export interface LocalServer {
  /** The provider's name. */
  readonly name: string;
  readonly kind: 'ollama' | 'openai-compatible';
  readonly baseUrl: string;
  /** What is known of how such a server speaks. */
  readonly preset?: 'lmstudio' | 'llamacpp' | 'vllm';
}

/**
 * Of servers with one name the first that answers counts. Ollama is asked by its own API, which carries more than what it
 * has below `/v1`; other servers that took its port have only that.
 */
export const LOCAL_SERVERS: readonly LocalServer[] = [
  { name: 'ollama', kind: 'ollama', baseUrl: 'http://127.0.0.1:11434' },
  { name: 'ollama', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' },
  { name: 'lmstudio', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1234/v1', preset: 'lmstudio' },
  { name: 'llamacpp', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8080/v1', preset: 'llamacpp' },
  { name: 'vllm', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', preset: 'vllm' },
];

/** A server that takes longer is not waited for: the start is to be quick. */
export const PROBE_TIMEOUT_MS = 300;
const MAX_LIST_BYTES = 1_048_576;
const NO_SECRETS = { secret: () => Promise.resolve('') };

/**
 * The local model servers that list models right now, as providers. Asks all at once, each for at most
 * {@link PROBE_TIMEOUT_MS}. Never rejects: whoever does not answer as expected is not there.
 */
export async function discoverLocalServers(
  transport: Transport,
  servers: readonly LocalServer[] = LOCAL_SERVERS,
): Promise<RawProviders> {
  const answers = await Promise.all(servers.map((server) => listsModels(transport, server).catch(() => false)));
  const found = servers.filter((_, index) => answers[index]).reverse();
  return Object.fromEntries(found.map(({ name, ...settings }) => [name, { ...settings, allowPrivateNetwork: true }]));
}

/** Other software likes these ports too: only a list of models counts. */
async function listsModels(transport: Transport, server: LocalServer): Promise<boolean> {
  const models = listingOf(server);
  if (!models) return false;
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const { head, body } = await transport.send(models.request(), { connectTimeoutMs: PROBE_TIMEOUT_MS }, signal);
  try {
    if (head.status !== 200) return false;
    models.decode(await body.bytes(MAX_LIST_BYTES));
    return true;
  } finally {
    body.cancel();
  }
}

function listingOf({ kind, baseUrl }: LocalServer): ModelListing | undefined {
  return kind === 'ollama'
    ? ollama.create({ kind, baseUrl }, NO_SECRETS).models
    : openAiCompatible.create({ kind, baseUrl }, NO_SECRETS).models;
}
