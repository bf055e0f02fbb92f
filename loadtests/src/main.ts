import { startGateway } from './gateway.js';
import type { Gateway } from './gateway.js';
import { runScenario } from './k6.js';

const { SLUICE_URL, SLUICE_KEY } = process.env;
const scenario = process.argv[2] ?? 'steady';

const gateway: Gateway =
  SLUICE_URL && SLUICE_KEY ? { url: SLUICE_URL, key: SLUICE_KEY, stop: () => Promise.resolve() } : await startGateway();
try {
  const kept = await runScenario(scenario, { SLUICE_URL: gateway.url, SLUICE_KEY: gateway.key });
  process.exitCode = kept ? 0 : 1;
} finally {
  await gateway.stop();
}
