import { describe, expect, it } from 'vitest';
import { documentedSettings, settingsOf } from './settings.js';

describe('settingsOf', () => {
  it('names every value by its path, with its default and description', () => {
    const port = { default: 4000, description: 'Where.' };
    const schema = { properties: { server: { properties: { port, host: {} } } } };
    expect(settingsOf(schema)).toEqual([
      { path: 'server.port', initial: '4000', description: 'Where.' },
      { path: 'server.host' },
    ]);
  });

  it('goes into maps, lists and alternatives', () => {
    const target = { anyOf: [{ properties: { alias: {} } }, { properties: { model: {} } }] };
    const schema = { properties: { models: { additionalProperties: { properties: { targets: { items: target } } } } } };
    expect(settingsOf(schema).map(({ path }) => path)).toEqual([
      'models.*.targets[].alias',
      'models.*.targets[].model',
    ]);
  });

  it('takes a list or a map of plain values for one value', () => {
    const schema = { properties: { beta: { items: {}, default: ['a', 'b'] }, headers: { additionalProperties: {} } } };
    expect(settingsOf(schema)).toEqual([{ path: 'beta', initial: '[a, b]' }, { path: 'headers' }]);
  });
});

describe('documentedSettings', () => {
  it('reads the first two cells of rows that begin with a setting', () => {
    const page = '| `server.port` | `4000` | where |\n| `SLUICE_PORT` | no | setting |\n';
    expect([...documentedSettings(page)]).toEqual([['server.port', '`4000`']]);
  });
});
