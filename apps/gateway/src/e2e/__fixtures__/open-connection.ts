import { Agent, request } from 'node:http';
import { onTestFinished } from 'vitest';

export interface OpenConnection {
  /** Asks for the models; the status of the answer, and the code of its error or `ok`. */
  ask(): Promise<string>;
  /** How many connections there were. */
  connections(): number;
}

/** One connection that stays open, over which a caller asks with its key. It ends with the test. */
export function connectTo(url: string, key: string): OpenConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ports = new Set<number | undefined>();
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(`${url}/v1/models`, { agent, headers: { authorization: `Bearer ${key}` } }, (answer) => {
        let text = '';
        ports.add(answer.socket.localPort);
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve(`${answer.statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? 'ok'}`));
      });
      asked.on('error', reject);
      asked.end();
    });
  return { ask, connections: () => ports.size };
}
