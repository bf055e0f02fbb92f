import { LineCounter, isScalar, parseDocument, visit } from 'yaml';
import type { Node, ParsedNode, YAMLError, YAMLMap } from 'yaml';

/** A reused anchor may multiply the size of the document by no more than this. */
const MAX_ALIASES = 100;

export type ParsedYaml =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reasons: readonly string[] };

const TOO_DEEP = 'it nests too deeply';

// The library's own messages quote the source, which may be a secret.
const REASONS: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias cannot have a tag or an anchor',
  BAD_INDENT: 'the indentation is wrong',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping or list cannot stand here; is the indentation right?',
  MISSING_CHAR: 'a character is missing, such as a closing quote or bracket',
  MULTIPLE_DOCS: 'a second document starts here',
  TAB_AS_INDENT: 'tabs cannot indent',
  TAG_RESOLVE_FAILED: 'tags such as !!js/function are not allowed',
};

// Our own check of keys is linear, the library's is not.
const OPTIONS = { prettyErrors: false, uniqueKeys: false, resolveKnownTags: false } as const;

/** YAML 1.2 (and so JSON) as plain values: no tags of any kind, no duplicate keys, bounded aliases. Total; all faults at once. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
    const faults = [...document.errors, ...document.warnings];
    const reasons = faults.length > 0 ? syntaxReasons(faults, lines) : contentReasons(document.contents, lines);
    if (reasons.length > 0) return { ok: false, reasons };
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch (cause) {
    // Stack overflow is a RangeError, too many aliases a ReferenceError; nothing else leaves the library.
    const reason = cause instanceof ReferenceError ? 'its aliases multiply without end' : TOO_DEEP;
    return { ok: false, reasons: [reason] };
  }
}

function syntaxReasons(faults: readonly YAMLError[], lines: LineCounter): readonly string[] {
  // Where the library gives up on the depth, it finds faults at every level around it.
  if (faults.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return [TOO_DEEP];
  const reasons = faults.map(({ code, pos }) => at(pos[0], lines, REASONS[code] ?? 'this is not valid YAML'));
  return [...new Set(reasons)];
}

function contentReasons(contents: ParsedNode | null, lines: LineCounter): readonly string[] {
  const reasons: string[] = [];
  const anchors = new Set<string>();
  visit(contents, {
    Alias(_, node) {
      if (!anchors.has(node.source)) reasons.push(at(start(node), lines, 'an alias has no anchor'));
    },
    Value(_, node) {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
    Map(_, node) {
      if (node.anchor !== undefined) anchors.add(node.anchor);
      reasons.push(...keyReasons(node, lines));
    },
  });
  return reasons;
}

function keyReasons({ items }: YAMLMap, lines: LineCounter): readonly string[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return ['a key is not a plain name'];
    const name = String(key.value);
    const reason = name === '__proto__' ? 'this key is not allowed' : 'the same key stands here twice';
    const isFault = name === '__proto__' || seen.has(name);
    seen.add(name);
    return isFault ? [at(start(key), lines, reason)] : [];
  });
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

function at(offset: number, lines: LineCounter, reason: string): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}: ${reason}`;
}
