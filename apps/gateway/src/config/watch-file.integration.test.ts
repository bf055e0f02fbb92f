import {
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
  ftruncateSync,
  mkdtempSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import type { TestContext } from 'vitest';
import { systemClock } from '../system-clock.js';
import { FileWatch } from './watch-file.js';

/** Longer than a content must stay to be told of. */
const LONG_ENOUGH_MS = 1_000;

type Test = Pick<TestContext, 'expect' | 'onTestFinished'>;

function temporaryDir({ onTestFinished }: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Watched {
  readonly test: Test;
  readonly folder: string;
  readonly path: string;
  /** How often a change was told. */
  readonly told: () => number;
  readonly start: () => void;
}

type Prepare = (path: string, folder: string) => void;

function watched(test: Test, prepare: Prepare = (path) => writeFileSync(path, 'first')): Watched {
  const { expect, onTestFinished } = test;
  const folder = temporaryDir(test);
  const path = join(folder, 'sluice.yaml');
  prepare(path, folder);
  const watch = new FileWatch(path);
  let told = 0;
  const start = (): void =>
    watch.start({
      clock: systemClock,
      onChange: () => (told += 1),
      onTrouble: (cause) => expect.unreachable(String(cause)),
    });
  onTestFinished(() => watch.stop());
  return { test, folder, path, told: () => told, start };
}

function started(test: Test, prepare?: Prepare): Watched {
  const setup = watched(test, prepare);
  setup.start();
  return setup;
}

async function expectTold({ test: { expect }, told }: Watched, times: number): Promise<void> {
  await expect.poll(told, { interval: 10 }).toBe(times);
  await sleep(LONG_ENOUGH_MS);
  expect(told()).toBe(times);
}

// Several at a time, as many as `maxConcurrency` of Vitest lets begin: each of them waits, and none for another.
describe.concurrent('a watched file (F43)', () => {
  it('is told of once when it is written', async (test) => {
    const setup = started(test);
    writeFileSync(setup.path, 'second');
    await expectTold(setup, 1);
  });

  it('is told of once when another takes its name', async (test) => {
    const setup = started(test);
    writeFileSync(`${setup.path}.new`, 'second');
    renameSync(`${setup.path}.new`, setup.path);
    await expectTold(setup, 1);
  });

  it('is told of once when its link is turned, as Kubernetes does, and once more the next time', async (test) => {
    const version = (folder: string, name: string): void => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'sluice.yaml'), name);
    };
    const setup = started(test, (path, folder) => {
      version(folder, '..1');
      symlinkSync('..1', join(folder, '..data'));
      symlinkSync(join('..data', 'sluice.yaml'), path);
    });
    const turn = (name: string, before: string): void => {
      version(setup.folder, name);
      symlinkSync(name, join(setup.folder, '..data_tmp'));
      renameSync(join(setup.folder, '..data_tmp'), join(setup.folder, '..data'));
      rmSync(join(setup.folder, before), { recursive: true });
    };
    turn('..2', '..1');
    await expectTold(setup, 1);
    turn('..3', '..2');
    await expectTold(setup, 2);
  });

  it('is told of when what it links to is written in place', async (test) => {
    const elsewhere = join(temporaryDir(test), 'real.yaml');
    writeFileSync(elsewhere, 'first');
    const setup = started(test, (path) => symlinkSync(elsewhere, path));
    writeFileSync(elsewhere, 'second');
    await expectTold(setup, 1);
  });

  it('is told of once when it is cut and written anew in ten steps over a second', async (test) => {
    const setup = started(test);
    const file = openSync(setup.path, 'r+');
    ftruncateSync(file);
    for (let step = 0; step < 10; step += 1) {
      writeSync(file, `line ${step}\n`);
      await sleep(100);
    }
    closeSync(file);
    await expectTold(setup, 1);
  });

  it('is told of when it is gone, and when it is back', async (test) => {
    const setup = started(test);
    rmSync(setup.path);
    await expectTold(setup, 1);
    writeFileSync(setup.path, 'second');
    await expectTold(setup, 2);
  });

  it('is not told of when it says what it said, nor for its neighbours', async (test) => {
    const setup = started(test);
    writeFileSync(setup.path, 'first');
    writeFileSync(join(setup.folder, 'other'), 'x');
    await expectTold(setup, 0);
  });

  it('is told of when it changed between the first look and the start', async (test) => {
    const setup = watched(test);
    writeFileSync(setup.path, 'second');
    setup.start();
    await expectTold(setup, 1);
  });

  it('may lead to itself for longer than the rest between two looks', async (test) => {
    const setup = started(test);
    rmSync(setup.path);
    symlinkSync('sluice.yaml', setup.path);
    await sleep(5_500);
    await expectTold(setup, 1);
  });

  it('may come into being later', async (test) => {
    const setup = started(test, () => undefined);
    writeFileSync(setup.path, 'first');
    await expectTold(setup, 1);
  });
});
