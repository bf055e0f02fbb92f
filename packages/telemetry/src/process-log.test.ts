import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createProcessLog } from './process-log.js';
import type { LogLevel } from './settings.js';

const capture = (level: LogLevel = 'info') => {
  const lines: string[] = [];
  const log = createProcessLog(level, { clock: createManualClock(5), write: (line) => lines.push(line) });
  return { log, lines };
};

describe('createProcessLog', () => {
  it('writes one JSON line with time, level, fields and message', () => {
    const { log, lines } = capture();
    log.info('started', { port: 4000 });
    expect(JSON.parse(lines.join(''))).toEqual({ level: 'info', time: 5, port: 4000, msg: 'started' });
  });

  it('leaves out what is below the level', () => {
    const { log, lines } = capture('warn');
    log.info('quiet');
    log.warn('loud');
    log.error('louder');
    expect(lines).toHaveLength(2);
  });

  it('writes nothing at all at the level silent', () => {
    const { log, lines } = capture('silent');
    log.error('never');
    expect(lines).toEqual([]);
  });

  it('writes an error with its message and cause', () => {
    const { log, lines } = capture();
    log.error('failed', { error: new Error('outer', { cause: new Error('inner') }) });
    expect(lines.join('')).toMatch(/"message":"outer: inner"/);
  });

  it.each(['sk-sluice-abcdefghijklmnop', 'Bearer abcdefghijklmnopqrst', 'AIzaSyA1234567890abcdef'])(
    'blots out the credential in "%s"',
    (secret) => {
      const { log, lines } = capture();
      log.error(`refused: ${secret}`, { error: new Error(`key ${secret} is wrong`) });
      expect(lines.join('')).not.toContain(secret.slice(-12));
    },
  );

  it('stays one line whatever a message holds', () => {
    const { log, lines } = capture();
    log.warn('a\r\nb\u2028c\u009bd');
    expect(lines.join('')).toMatch(/^\{[^\p{Cc}\p{Zl}\p{Zp}]*\}\n$/u);
  });
});
