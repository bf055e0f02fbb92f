import { describe, expect, it } from 'vitest';
import { toRawPlace } from './raw-url.js';

const place = (base: string, target: string) => {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  return toRawPlace(new URL(base), { path, search: target.slice(path.length) });
};
const hrefOf = (base: string, target: string): string => place(base, target).url.href;

describe('the address of a raw request', () => {
  it.for([
    ['https://api.openai.com/v1', 'chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1', 'v1/chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['https://api.openai.com/v1/', 'v1/files', 'https://api.openai.com/v1/files'],
    ['https://api.openai.com/v1', 'v1', 'https://api.openai.com/v1/'],
    ['https://api.openai.com/v1', 'v12/x', 'https://api.openai.com/v1/v12/x'],
    ['https://api.openai.com/v1', '', 'https://api.openai.com/v1/'],
    ['https://api.groq.com/openai/v1', 'openai/v1/models', 'https://api.groq.com/openai/v1/models'],
    ['https://api.groq.com/openai/v1', 'v1/models', 'https://api.groq.com/openai/v1/models'],
    ['https://r.azure.com/openai', 'openai/v1/models', 'https://r.azure.com/openai/v1/models'],
    ['https://api.anthropic.com', 'v1/messages?beta=true', 'https://api.anthropic.com/v1/messages?beta=true'],
    ['https://a.test', 'files/', 'https://a.test/files/'],
    ['https://a.test', 'a%2Fb/c', 'https://a.test/a%2Fb/c'],
    ['https://a.test', 'model/arn%3Aaws%3Ax%2Fy/converse', 'https://a.test/model/arn%3Aaws%3Ax%2Fy/converse'],
    ['https://a.test', 'a...b/.c/..d', 'https://a.test/a...b/.c/..d'],
    ['https://a.test', '@evil.test/x', 'https://a.test/@evil.test/x'],
    ['https://a.test', 'a%25b?q=%2e%2e/%2f', 'https://a.test/a%25b?q=%2e%2e/%2f'],
  ] as const)('below %s, %s is %s', ([base, target, href]) => expect(hrefOf(base, target)).toBe(href));

  it('says what it is below the base', () => {
    expect(place('https://api.openai.com/v1', 'v1/chat/completions').below).toBe('chat/completions');
  });

  it.for([
    '..',
    '../x',
    'a/../../x',
    './x',
    'a/%2e%2e/x',
    'a/.%2E/x',
    '%2e/x',
    '%252e%252e/x',
    '%25252e%25252e%2fx',
    '%25252525252e%252525252e/x',
    'a%2f..%2fx',
    'a%2f%2e%2e%2fx',
    'a\\x',
    'a%5cx',
    'a%5c..%5cx',
    'a%255cx',
    '/evil.test/x',
    'a//x',
    'a%2f%2fx',
    'https://evil.test/x',
    'https:%2f%2fevil.test',
    '..;/x',
    '..;a=b/x',
    '%00/x',
    'a%0d%0ax',
    'a%09x',
    '%c0%ae%c0%ae/x',
    '%ef%bc%8e%ef%bc%8e/x',
    'a%',
    'a%zz',
    'a#b',
    'a b',
    'caf\u00e9',
    '..%20/x',
    'x?a#b',
    'x?\u00e9',
  ])('refuses %j', (target) => {
    expect(() => hrefOf('https://a.test/v1', target)).toThrow(expect.objectContaining({ code: 'unsafe_url' }));
  });

  it.for(['key=x', 'KEY=x', 'a=b&api_key=x', 'access_token=x', 'k%65y=x', 'X-Amz-Signature=x', 'x-goog-signature=x'])(
    'refuses the credential in ?%s',
    (query) => {
      expect(() => hrefOf('https://a.test', `x?${query}`)).toThrow(
        expect.objectContaining({ code: 'unknown_parameter' }),
      );
    },
  );
});
