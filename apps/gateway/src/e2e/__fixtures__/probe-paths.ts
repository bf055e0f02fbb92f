/** Where people sign in, who have no credential yet. */
export const SIGN_IN_PATHS = ['/auth/session', '/auth/session', '/auth/login', '/auth/callback', '/auth/callback/{name}', '/auth/logout'] as const;

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
