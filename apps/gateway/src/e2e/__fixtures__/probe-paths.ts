/** What is open to everybody. */
export const PROBE_PATHS = [
  '/health/live',
  '/healthz',
  '/health/liveliness',
  '/health/liveness',
  '/health/ready',
  '/readyz',
  '/health/readiness',
] as const;
