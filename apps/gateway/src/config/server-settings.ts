import { isNetwork } from '@sluice/auth';
import { z } from 'zod';
import { HOST_PATTERN } from './environment.js';

const ms = z.int().min(1).max(3_600_000);

/** When the process has more to do than it can. */
const shedSettings = z
  .strictObject({
    heapShare: z
      .number()
      .min(0.1)
      .max(1)
      .default(0.92)
      .describe('Calls are refused while more of the heap is used; connections too, 0.03 above it.'),
    eventLoopDelayMs: ms
      .default(500)
      .describe(
        'Calls are refused while the event loop is so many milliseconds behind, three looks of 100 ms in a row.',
      ),
  })
  .prefault({})
  .describe('When calls are refused with 503 `overloaded` because the process itself has too much to do.');

/** The slice `server`. */
export const serverSettings = z
  .strictObject({
    host: z
      .string()
      .regex(HOST_PATTERN, 'expected a host name or an IP address')
      .default('127.0.0.1')
      .describe('Address to listen on.'),
    port: z.int().min(0).max(65_535).default(4000).describe('Port to listen on; 0 takes any free one.'),
    workers: z.literal(1).default(1).describe('Processes behind the port. Only 1 is served by this version.'),
    drainTimeoutMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .default(30_000)
      .describe('Milliseconds that requests in flight get to finish at a stop.'),
    bodyLimitBytes: z
      .int()
      .min(1)
      .max(1_073_741_824)
      .default(33_554_432)
      .describe('Larger request bodies are refused with 413.'),
    headersTimeoutMs: ms
      .default(10_000)
      .describe('A connection whose next request has not sent its head in so many milliseconds is closed, with a 408.'),
    requestTimeoutMs: ms
      .default(30_000)
      .describe('A request that is not there as a whole after so many milliseconds gets a 408.'),
    writeTimeoutMs: ms
      .default(30_000)
      .describe('A caller that takes no byte of its answer for so many milliseconds is cut off.'),
    maxConnectionsPerAddress: z
      .int()
      .min(1)
      .optional()
      .describe('Connections from one address, at most. Not set: 1000 from each public one.'),
    trustedProxies: z
      .array(z.string().refine(isNetwork, 'expected an address or a network, such as 10.0.0.0/8'))
      .max(1_000)
      .default([])
      .describe('Addresses and networks of proxies whose X-Forwarded-For and Forwarded say where a caller is.'),
    shed: shedSettings,
  })
  .describe('The listening socket.');

export type ServerSettings = z.output<typeof serverSettings>;
export type ShedSettings = z.output<typeof shedSettings>;
