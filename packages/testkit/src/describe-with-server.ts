import { afterAll, beforeAll, describe } from 'vitest';

/** A kind of server that tests may have for themselves. */
export interface TestServer<Server> {
  /** Why there can be none on this machine. */
  missing(): string | undefined;
  start(): Promise<Server>;
}

/** The tests of `body` with a server of their own; skipped, with the reason in the title, where there can be none. */
export function describeWithServer<Server extends { stop(): unknown }>(
  title: string,
  { missing: whyNot, start }: TestServer<Server>,
  body: (place: { readonly server: Server }) => void,
): void {
  const missing = whyNot();
  describe.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, () => {
    let started: Server | undefined;
    beforeAll(async () => {
      started = await start();
    });
    afterAll(async () => {
      await started?.stop();
    });
    body({
      get server() {
        if (!started) throw new Error('The server is there once the tests begin.');
        return started;
      },
    });
  });
}
