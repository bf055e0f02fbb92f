import { z } from 'zod';

/** The `telemetry` block of the operator's file. */
export const telemetrySettings = z
  .strictObject({
    logs: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error', 'silent'])
          .default('info')
          .describe(
            'The least important lines that are written; a request is `info`, `warn` from 400, `error` from 500.',
          ),
      })
      .prefault({})
      .describe('JSON lines on standard output.'),
    metrics: z
      .strictObject({ enabled: z.boolean().default(true).describe('Whether figures are kept and `/metrics` answers.') })
      .prefault({})
      .describe('Figures in Prometheus form.'),
  })
  .describe('What is told of the requests.');

export type TelemetrySettings = z.output<typeof telemetrySettings>;
export type LogLevel = TelemetrySettings['logs']['level'];
