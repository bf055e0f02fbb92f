import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@sluice/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineSink } from './line-sink.js';

let folder = '';
const opened: number[] = [];
let clock = createManualClock();

const open = (path: string, flags: number | string): number => {
  const fd = openSync(path, flags);
  opened.push(fd);
  return fd;
};
const openFile = (): { path: string; fd: number } => {
  const path = join(folder, 'log');
  return { path, fd: open(path, 'a') };
};
const openFifo = (): { reader: number; writer: number } => {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: open(path, constants.O_WRONLY | constants.O_NONBLOCK) };
};
const close = (fd: number): void => {
  opened.splice(opened.indexOf(fd), 1);
  closeSync(fd);
};
/** What waits in a pipe; throws `EAGAIN` when nothing does. */
const drain = (fd: number): string => {
  const chunk = Buffer.alloc(1024 * 1024);
  return chunk.toString('utf8', 0, readSync(fd, chunk));
};

/** Until this holds; how long a busy machine takes over it says nothing. */
const eventually = (assert: () => void): Promise<void> => vi.waitFor(assert, { timeout: 20_000, interval: 5 });

/**
 * Waits until the sink sleeps on a full pipe: while it writes it has no timer. A write under way at the end of a test
 * would go to whatever file the next test opens under the same number.
 */
const backOff = (): Promise<void> => eventually(() => expect(clock.pending).toBe(1));

beforeEach(() => {
  clock = createManualClock();
  folder = mkdtempSync(join(tmpdir(), 'sluice-telemetry-'));
});
afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
  rmSync(folder, { recursive: true });
});

describe('LineSink', () => {
  it('keeps lines back until a tenth of a second is over', async () => {
    const { path, fd } = openFile();
    const sink = new LineSink(fd, clock);
    sink.write('a\n');
    clock.advance(99);
    expect(readFileSync(path, 'utf8')).toBe('');
    await sink.close();
  });

  it('writes them then, in order', async () => {
    const { path, fd } = openFile();
    const sink = new LineSink(fd, clock);
    sink.write('a\n');
    sink.write('b\n');
    clock.advance(100);
    await eventually(() => expect(readFileSync(path, 'utf8')).toBe('a\nb\n'));
    await sink.close();
  });

  it('writes a full batch at once', async () => {
    const { path, fd } = openFile();
    const sink = new LineSink(fd, clock);
    sink.write(`${'x'.repeat(70_000)}\n`);
    await eventually(() => expect(readFileSync(path)).toHaveLength(70_001));
    await sink.close();
  });

  it('has no timer while it writes', async () => {
    const sink = new LineSink(openFile().fd, clock);
    sink.write(`${'x'.repeat(70_000)}\n`);
    sink.write('late\n');
    expect(clock.pending).toBe(0);
    await sink.close();
  });

  it('writes lines that came during a write as well', async () => {
    const { path, fd } = openFile();
    const sink = new LineSink(fd, clock);
    sink.write(`${'x'.repeat(70_000)}\n`);
    sink.write('late\n');
    await eventually(() => {
      clock.advance(100);
      expect(readFileSync(path)).toHaveLength(70_006);
    });
    await sink.close();
  });

  it('writes what is pending when it is closed', async () => {
    const { path, fd } = openFile();
    const sink = new LineSink(fd, clock);
    sink.write('last words ✓\n');
    await sink.close();
    expect(readFileSync(path, 'utf8')).toBe('last words ✓\n');
  });

  it('leaves no timer and no listener behind when it is closed', async () => {
    const listeners = process.listenerCount('exit');
    const sink = new LineSink(openFile().fd, clock);
    sink.write('a\n');
    await sink.close();
    expect([clock.pending, process.listenerCount('exit')]).toEqual([0, listeners]);
  });

  it('counts lines that a full disk refuses', async () => {
    const sink = new LineSink(open('/dev/full', 'w'), clock);
    sink.write('a\n');
    sink.write('b\n');
    await sink.close();
    expect(sink.dropped).toBe(2);
  });

  it('counts lines that a pipe without a reader refuses', async () => {
    const { reader, writer } = openFifo();
    close(reader);
    const sink = new LineSink(writer, clock);
    sink.write('a\n');
    await sink.close();
    expect(sink.dropped).toBe(1);
  });

  it('loses no line to a reader that pauses', async () => {
    const { reader, writer } = openFifo();
    const sink = new LineSink(writer, clock);
    const lines = Array.from({ length: 3_000 }, (_, i) => `${i} ${'x'.repeat(96)}\n`);
    for (const line of lines) sink.write(line);
    let seen = '';
    await eventually(() => {
      clock.advance(100);
      seen += drain(reader);
      expect(seen).toBe(lines.join(''));
    });
    await sink.close();
  });

  it('drops and counts what comes after a mebibyte that nobody reads', async () => {
    const { writer } = openFifo();
    const sink = new LineSink(writer, clock);
    const line = `${'x'.repeat(1023)}\n`;
    for (let i = 0; i < 3_000; i += 1) sink.write(line);
    expect(sink.dropped).toBeGreaterThan(900);
    await backOff();
  });

  it('closes within a second when nobody reads, and counts what it gave up', async () => {
    const { reader, writer } = openFifo();
    const sink = new LineSink(writer, clock);
    for (let i = 0; i < 200; i += 1) sink.write(`${'x'.repeat(1023)}\n`);
    await backOff();
    const closed = sink.close();
    clock.advance(1_000);
    await expect(closed).resolves.toBeUndefined();
    await eventually(() => expect(sink.dropped).toBeGreaterThan(0));
    expect([sink.dropped + drain(reader).split('\n').length - 1, clock.pending]).toEqual([200, 0]);
  });

  it('starts a new line after one that broke off', async () => {
    const { reader, writer } = openFifo();
    const sink = new LineSink(writer, clock);
    sink.write(`${'x'.repeat(200_000)}\n`);
    // The pipe takes a part; the rest fails for good when its reader goes.
    await backOff();
    close(reader);
    clock.advance(50);
    await eventually(() => expect(sink.dropped).toBe(1));
    const again = open(join(folder, 'fifo'), constants.O_RDONLY | constants.O_NONBLOCK);
    expect(drain(again)).toMatch(/x$/);
    sink.write('whole\n');
    await sink.close();
    expect(drain(again)).toBe('\nwhole\n');
  });
});
