import { describe, expect, it } from 'vitest';
import { parseYaml } from './parse-yaml.js';

function reasons(text: string): readonly string[] {
  const parsed = parseYaml(text);
  return parsed.ok ? [] : parsed.reasons;
}

/** Nine levels of anchors, each naming the level below nine times. */
function bomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const name of 'bcdefghi') {
    const below = String.fromCodePoint((name.codePointAt(0) ?? 0) - 1);
    levels.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(', ')}]`);
  }
  return levels.join('\n');
}

describe('parseYaml', () => {
  it('reads YAML 1.2, where off and no are words', () => {
    expect(parseYaml('continuation: off\nanswer: no')).toEqual({
      ok: true,
      value: { continuation: 'off', answer: 'no' },
    });
  });

  it('reads JSON', () => {
    expect(parseYaml('{"server": {"port": 1}}')).toEqual({ ok: true, value: { server: { port: 1 } } });
  });

  it('reads lines that end as on Windows', () => {
    expect(parseYaml('a: 1\r\nb: 2\r\n')).toEqual({ ok: true, value: { a: 1, b: 2 } });
  });

  it('expands an anchor that is used a few times', () => {
    expect(parseYaml('a: &x {n: 1}\nb: *x')).toEqual({ ok: true, value: { a: { n: 1 }, b: { n: 1 } } });
  });

  it('refuses the same key twice, and says where', () => {
    expect(reasons('a: 1\na: 2')).toEqual(['line 2, column 1: the same key stands here twice']);
  });

  it.each(['!!js/function "x"', '!!python/object:os.system {}', '!secret x', '!!binary aGk='])(
    'refuses the tag in %s',
    (value) => {
      expect(reasons(`a: ${value}`)).toEqual(['line 1, column 4: tags such as !!js/function are not allowed']);
    },
  );

  it('refuses aliases that multiply', () => {
    expect(reasons(bomb())).toEqual(['its aliases multiply without end']);
  });

  it('refuses the same key twice in each mapping where it stands', () => {
    expect(reasons('a: {x: 1, x: 2}\nb: [{y: 1, "y": 2}]')).toEqual([
      'line 1, column 11: the same key stands here twice',
      'line 2, column 12: the same key stands here twice',
    ]);
  });

  it('refuses an alias without an anchor', () => {
    expect(reasons('a: *nobody')).toEqual(['line 1, column 4: an alias has no anchor']);
  });

  it('refuses nesting without end', () => {
    const flow = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(reasons(flow)).toEqual(['it nests too deeply']);
  });

  it('refuses a key that would reach the prototype', () => {
    expect(reasons('__proto__: {polluted: true}')).toEqual(['line 1, column 1: this key is not allowed']);
  });

  it('refuses a key that is not a name', () => {
    expect(reasons('? [a, b]\n: 1')).toEqual(['a key is not a plain name']);
  });

  it('refuses a second document', () => {
    expect(reasons('a: 1\n---\nb: 2')).toEqual(['line 2, column 1: a second document starts here']);
  });

  it('reports every fault and quotes none of the source', () => {
    const found = reasons('key: "sk-live-secret\nother: [1\n\tx: 2');
    expect(found.length).toBeGreaterThan(0);
    expect(found.join()).not.toContain('sk-live');
  });
});
