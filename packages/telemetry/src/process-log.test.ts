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

  it.each(['sk-sluice-ab3defghijklmnop', 'Bearer ab3defghijklmnopqrst', 'AIzaSyA1234567890abcdef'])(
    'blots out the credential in "%s"',
    (secret) => {
      const { log, lines } = capture();
      log.error(`refused: ${secret}`, { error: new Error(`key ${secret} is wrong`) });
      expect(lines.join('')).not.toContain(secret.slice(-12));
    },
  );

  it('blots out a credential in nested fields and at the start of a line of a stack', () => {
    const { log, lines } = capture();
    log.warn('refused', {
      sent: { headers: [{ value: 'Bearer ab3defghijklmnopqrst' }] },
      error: new Error('a\nsk-a1b2c3d4e5'),
    });
    expect(lines.join('')).not.toMatch(/ab3defgh|a1b2c3d4/);
  });

  it('leaves names of files and words of messages as they are', () => {
    const { log, lines } = capture();
    const error = new Error('Basic authentication failed');
    error.stack = 'Error: Basic authentication failed\n    at with (src/key-authenticator.ts:28:14)';
    log.error(error.message, { error });
    expect(JSON.parse(lines.join(''))).toMatchObject({ msg: error.message, error: { stack: error.stack } });
  });

  it('stays one line whatever a message holds', () => {
    const { log, lines } = capture();
    log.warn('a\r\nb\u2028c\u009bd');
    expect(lines.join('')).toMatch(/^\{[^\p{Cc}\p{Zl}\p{Zp}]*\}\n$/u);
  });
});
