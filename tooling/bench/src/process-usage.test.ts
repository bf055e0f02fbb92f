import { describe, expect, it } from 'vitest';
import { cpuUsOf, memoryMibOf, parseStat } from './process-usage.js';

describe('parseStat', () => {
  it('finds parent and CPU time behind a command name that holds anything', () => {
    const line = `42 (a) b (c)) S 7 ${'0 '.repeat(9)}150 50 ${'0 '.repeat(30)}`;
    expect(parseStat(line)).toEqual({ parent: 7, cpuUs: 2_000_000 });
  });
});

describe.runIf(process.platform === 'linux')('usage of a process', () => {
  it('is what the process itself knows of its CPU time', () => {
    const own = process.cpuUsage();
    expect(Math.abs(cpuUsOf(process.pid) - own.user - own.system)).toBeLessThan(500_000);
  });

  it('has memory while it runs', () => {
    expect(memoryMibOf(process.pid)).toBeGreaterThan(1);
  });

  it('is nothing for a process that is not there', () => {
    expect([cpuUsOf(2 ** 30), memoryMibOf(2 ** 30)]).toEqual([0, 0]);
  });
});
