import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { GatewayConfig } from '../../gateway.js';
import { startGatewayProcess } from './gateway.js';
import type { ProcessGateway } from './gateway.js';

const PRELOAD = import.meta.resolve('./reports-memory.mjs');

/** What a process keeps once its garbage is collected. */
export interface Memory {
  /** Heap and buffers. */
  readonly liveBytes: number;
  readonly rssBytes: number;
}
export interface MeasuredGateway extends ProcessGateway {
  memory(): Promise<Memory>;
}

/** A gateway in a process of its own that tells what it keeps in memory. */
export async function startMeasured(config: GatewayConfig): Promise<MeasuredGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const report = join(folder, 'report');
  const gateway = await startGatewayProcess(config, { env: { MEMORY_REPORT: report }, preload: [PRELOAD] });
  return {
    ...gateway,
    async memory() {
      rmSync(report, { force: true });
      gateway.sluice.signal('SIGWINCH');
      for (;;) {
        const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
        if (text.endsWith('}')) return JSON.parse(text) as Memory;
        await sleep(10);
      }
    },
  };
}
