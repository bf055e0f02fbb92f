import type { OutputText } from '@sluice/contract';

/** What models write stands under these names in the answers of every dialect. */
const NAMES: ReadonlySet<string> = new Set([
  'arguments',
  'content',
  'input',
  'partial_json',
  'reasoning_content',
  'refusal',
  'text',
  'thinking',
]);
const MAX_DEPTH = 12;

/** What a model wrote in a plain answer; nothing where the answer is no JSON. */
export function answerText(body: Uint8Array | string): OutputText {
  const found: string[] = [];
  try {
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
    collect(JSON.parse(text), { found, isText: false, depth: 0 });
  } catch {
    return { text: '', share: 0 };
  }
  return { text: found.join('\n'), share: 1 };
}

interface Collecting {
  readonly found: string[];
  /** Whether it stands under one of the names. */
  readonly isText: boolean;
  readonly depth: number;
}

function collect(value: unknown, { found, isText, depth }: Collecting): void {
  if (typeof value === 'string' && isText) found.push(value);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  for (const [name, member] of Object.entries(value)) {
    const isNamed = Array.isArray(value) ? isText : NAMES.has(name);
    collect(member, { found, isText: isNamed, depth: depth + 1 });
  }
}
