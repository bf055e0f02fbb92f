import { describe, expect, it } from 'vitest';
import { problemLines } from '../__fixtures__/load.js';

const refusals = (cors: object): Promise<readonly string[]> =>
  problemLines({ yaml: JSON.stringify({ cors, providers: {} }) });

describe("cors: of the operator's file", () => {
  it.each([
    [{ production: { origins: ['https://app.example.com'], credentials: true } }],
    [{ production: { origins: [] } }],
    [{ development: { origins: ['http://localhost:*', 'http://127.0.0.1:5173', 'https://[::1]:8443'] } }],
    [{}],
  ])('takes %j', async (cors) => {
    expect(await refusals(cors)).toEqual([]);
  });

  it.each([
    [{ production: { origins: ['*'], credentials: true } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['*'] } }, 'cors.production.origins[0]'],
    [{ development: { origins: ['*'] } }, 'cors.development.origins[0]'],
    [{ development: { origins: ['http://localhost:*'], credentials: true } }, 'cors.development.origins[0]'],
    [{ production: { origins: ['http://localhost:*'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['https://*.example.com'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['null'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['file://'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: [''] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['app.example.com'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['https://APP.example.com'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['https://app.example.com/'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['https://app.example.com:443'] } }, 'cors.production.origins[0]'],
    [{ production: { origins: ['https://fine.example', 'https://äpp.example'] } }, 'cors.production.origins[1]'],
    [{ staging: { origins: [] } }, 'cors.staging'],
    [{ production: { credentials: true } }, 'cors.production.origins'],
    [{ production: { origins: [], origin: 'https://app.example.com' } }, 'cors.production.origin'],
  ])('D-18: refuses %j', async (cors, at) => {
    const lines = await refusals(cors);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(`config error at ${at}: `);
  });
});
