import { isGatewayError } from '@sluice/contract';
import type { ChatRequest, Encoded, Message } from '@sluice/contract';
import { CANONICAL_FIELDS } from './canonical-fields.js';
import type { Asked } from './canonical-fields.js';
import { createKinds, createPresets } from './kinds.js';
import type { Kind } from './kinds.js';

const INTRODUCTION = `# Providers

Made by \`pnpm docs:providers\` from the adapters themselves: each field was encoded, and what the adapter said of it is what
stands here. Edits here are lost.

A caller of a dialect that a provider speaks itself is passed through byte for byte. Every other call goes through the
canonical form, in which nothing is lost in silence: what a provider cannot take as it was asked is named in the answer's
headers, or the call is refused.

`;

const FIELDS = `
## What becomes of a field

**yes**: it goes on as it was asked. **dropped**, **emulated**, **changed**: so, and the caller is told. **refused**: the call
fails, for without it the answer would be to another question. **unsaid**: it is what the provider does where nothing is
said, so nothing is. Asked of one model of each kind; what the catalogue knows of a
model may take away more. Fields that all of them take as they are asked are left out.

`;

const SERVERS = `
### Servers that \`openai-compatible\` knows by their \`preset\`

`;

const PROOF = `
## What the tests prove

Of every dialect in which clients chat, against every kind above and every preset, with generated answers and streams
(\`apps/gateway/src/pairs\`, \`SLUICE_LONG=1\` for more of them): the same events however the bytes are cut; the stream adds up
to the plain answer and ends once; a cut stream never passes for a whole one; the arguments of tools and the usage are the
vendor's; signatures go back to their vendor as they came; every field that a caller sets reaches the vendor, is told, or
has the call refused. Recordings, with their sources in the README beside them:

`;

const QUESTION: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };

/** The files of a kind's recordings, by name. */
export type ListRecordings = (kind: string) => readonly string[];

/** The page `docs/providers.md`. */
export function providersPage(recordings: ListRecordings): string {
  const kinds = createKinds();
  const chatting = kinds.filter(({ operations }) => operations.chat);
  return [
    INTRODUCTION,
    toTable([['Kind', 'Operations', 'Features of chat', 'Passed through', 'Lists models'], ...kinds.map(toKindRow)]),
    FIELDS,
    toFieldTable(chatting),
    SERVERS,
    toFieldTable(createPresets().filter(({ operations }) => operations.chat)),
    PROOF,
    toTable([
      ['Kind', 'Requests', 'Answers', 'Streams', 'Failures'],
      ...kinds.map((kind) => toProofRow(kind, recordings)),
    ]),
  ].join('');
}

/** Without the rows that all of them answer with yes. */
function toFieldTable(kinds: readonly Kind[]): string {
  const rows = CANONICAL_FIELDS.map(([name, asked]) => [name, ...kinds.map((kind) => fateOf(kind, asked))]);
  const telling = rows.filter(([, ...fates]) => fates.some((fate) => fate !== 'yes'));
  return toTable([['', ...kinds.map(({ kind }) => code(kind))], ...telling]);
}

function toKindRow({ kind, operations, models }: Kind): readonly string[] {
  const every: readonly Pick<NonNullable<typeof operations.chat>, 'passthroughs'>[] = Object.values(operations);
  const passed = every.flatMap(({ passthroughs = [] }) => passthroughs.map(({ dialect }) => dialect));
  return [
    code(kind),
    Object.keys(operations).sort().join(', '),
    [...(operations.chat?.features ?? [])].sort().join(', '),
    [...new Set(passed)].sort().map(code).join(', ') || 'no',
    models ? 'yes' : 'no',
  ];
}

/** What a kind makes of it, by what it says beside what it says of the bare question. */
function fateOf(kind: Kind, asked: Asked): string {
  const given = encode(kind, asked);
  if (!given) return 'refused';
  const bare = encode(kind, {});
  const known = new Set(bare?.adjustments.map(({ parameter }) => parameter));
  const said = given.adjustments.filter(({ parameter }) => !known.has(parameter));
  const told = [
    ...new Set(said.map(({ action, parameter }) => (asked.messages ? `${action}: ${code(parameter)}` : action))),
  ];
  if (told.length > 0) return told.sort().join(', ');
  return given.request.body === bare?.request.body ? 'unsaid' : 'yes';
}

/** Nothing where the call is refused. */
function encode({ operations, target }: Kind, asked: Asked): Encoded | undefined {
  const request: ChatRequest = { stream: false, ...asked, messages: [QUESTION, ...(asked.messages ?? []), QUESTION] };
  try {
    return operations.chat?.encode(request, target);
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

function toProofRow({ kind }: Kind, list: ListRecordings): readonly string[] {
  const names = list(kind);
  const count = (ending: RegExp): string => String(names.filter((name) => ending.test(name)).length);
  const source = `[\`${kind}\`](../packages/providers/${kind}/src/__fixtures__/README.md)`;
  return [
    names.includes('README.md') ? source : code(kind),
    count(/\.upstream\.json$/),
    count(/\.response\.json$/),
    count(/\.events\.json$/),
    count(/\.error\.json$/),
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A Markdown table with its columns in line, as the formatter wants them. */
function toTable([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return [line(head), rule, ...body.map(line)].join('');
}
