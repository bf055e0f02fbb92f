import { z } from 'zod';
import { HOST_PATTERN } from './environment.js';

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
    writeTimeoutMs: z
      .int()
      .min(1)
      .max(3_600_000)
      .default(30_000)
      .describe('A caller that takes no byte of its answer for so many milliseconds is cut off.'),
  })
  .describe('The listening socket.');

export type ServerSettings = z.output<typeof serverSettings>;
