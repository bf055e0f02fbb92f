import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isGatewayError } from '@sluice/contract';
import type { ChatEvent } from '@sluice/contract';
import { createFrameReader } from '@sluice/toolkit';
import { createOpenAiScanner } from '@sluice/toolkit/openai-wire';
import { describe, expect, it } from 'vitest';
import { openAiCompatible } from '../index.js';

const FOLDER = new URL('./__fixtures__/', import.meta.url);
const HEAD = { status: 200, headers: {} };
const TARGET = { provider: 'p', model: 'm', baseUrl: new URL('http://127.0.0.1:1/v1') };
const at = (name: string, kind: string) => new URL(`${name}.${kind}`, FOLDER);
const json = (name: string, kind: string): unknown => JSON.parse(readFileSync(at(name, kind), 'utf8'));
const recorded = (...kinds: readonly string[]): readonly string[] =>
  [...new Set(readdirSync(FOLDER).map((file) => file.split('.', 1)[0] ?? ''))].filter((name) =>
    kinds.every((kind) => existsSync(at(name, kind))),
  );

/** A recording is named for its preset, perhaps with a word after it. */
function chatOf(name: string) {
  const preset = openAiCompatible.settings.shape.preset
    .unwrap()
    .options.find((known) => name === known || name.startsWith(`${known}-`));
  const settings = openAiCompatible.settings.parse({ kind: 'openai-compatible', preset });
  return openAiCompatible.create(settings, { secret: () => Promise.resolve('k') }).operations.chat;
}

function eventsOf(name: string): readonly ChatEvent[] {
  const decoder = chatOf(name).stream?.open(HEAD, TARGET);
  const frames = createFrameReader().push(readFileSync(at(name, 'sse')));
  return [...frames.flatMap((frame) => decoder?.push(frame) ?? []), ...(decoder?.end() ?? [])];
}

describe('what servers answer', () => {
  it.for(recorded('response.json'))('is read from %s', (name) => {
    expect(chatOf(name).decode(readFileSync(at(name, 'response.json')), HEAD, TARGET)).toEqual(
      json(name, 'result.json'),
    );
  });

  it.for(recorded('sse', 'events.json'))('is read from the stream of %s', (name) => {
    expect(eventsOf(name)).toEqual(json(name, 'events.json'));
  });

  it.for(recorded('sse', 'events.json'))('is seen the same by the scanner of %s', (name) => {
    const scanner = createOpenAiScanner({ wire: { stream: true }, wantsUsage: true });
    scanner.push(readFileSync(at(name, 'sse')));
    const events = json(name, 'events.json') as readonly ChatEvent[];
    const usage = events.findLast((event) => event.type === 'usage')?.usage;
    expect([scanner.failure, scanner.finished, scanner.summary().usage]).toEqual([undefined, true, usage]);
  });

  it.for(recorded('sse', 'error.json'))('is a failure in %s', (name) => {
    const { code } = json(name, 'error.json') as { readonly code: string };
    let failure: unknown;
    try {
      eventsOf(name);
    } catch (error) {
      failure = isGatewayError(error) ? error.code : error;
    }
    expect(failure).toBe(code);
  });
});
