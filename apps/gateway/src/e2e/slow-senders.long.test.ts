import { it } from 'vitest';
import { expectSlowSendersCut } from './__fixtures__/slow-senders.js';

it('F63 1,000 connections that send next to nothing get a 408 in time, and others notice nothing', () =>
  expectSlowSendersCut({ sockets: 1_000, headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, everyMs: 5_000 }));
