import { gatewayError } from '@sluice/contract';
import type { ChatEvent, GuardedWriter, StreamWriter } from '@sluice/contract';
import type { NamedText } from '../kinds/guard.js';
import { mapJsonText } from '../text/json-text.js';
import { mapTexts } from '../text/map-texts.js';
import type { Placeholders } from '../text/placeholders.js';
import { filterText } from '../text/text-filter.js';
import type { TextFilter } from '../text/text-filter.js';
import { HeldAnswer } from './held-answer.js';
import { RestoredEvents } from './restored-events.js';
import type { SideCheck } from './side-check.js';
import type { TextDelta } from './text-delta.js';

export interface GuardedStreamParts {
  readonly writer: StreamWriter<ChatEvent>;
  readonly side: SideCheck;
  readonly placeholders: Placeholders;
  /** Whether texts may come out otherwise than they came in, or not at all. */
  readonly acts: boolean;
  /** Whether nothing may be out before the answer was judged as a whole. */
  readonly waits: boolean;
  judge?(texts: readonly NamedText[]): Promise<readonly NamedText[]>;
}

type PartEnd = Extract<ChatEvent, { readonly type: 'part-end' }>;

interface OpenPart {
  readonly type: TextDelta['type'];
  readonly filter: TextFilter;
  /** A guard replaced something in it. */
  isChanged: boolean;
}

/** Longer arguments of one tool call are not read, and so not let through. */
const MAX_ARGUMENTS = 4_194_304;

/**
 * Reads a stream before the caller does. Texts come out as far as no guard could still find something in them; the
 * arguments of a tool call, of which a caller can use nothing before their end, come out whole.
 */
export class GuardedStream implements GuardedWriter {
  readonly #parts: GuardedStreamParts;
  readonly #open = new Map<number, OpenPart>();
  readonly #arguments = new Map<number, string>();
  /** What is written once it was judged, or was judged only afterwards. */
  readonly #held: HeldAnswer | undefined;
  /** Absent where the prompt had nothing that was masked. */
  readonly #restored: RestoredEvents | undefined;
  #isReleased = false;
  readonly review?: () => Promise<string>;

  constructor(parts: GuardedStreamParts) {
    this.#parts = parts;
    if (parts.judge) this.#held = new HeldAnswer(parts.waits);
    if (!parts.placeholders.isEmpty) this.#restored = new RestoredEvents(parts.placeholders);
    if (parts.waits) this.review = () => this.#review();
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  write(event: ChatEvent): string {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        return this.#text(event);
      case 'tool-delta':
        return this.#tool(event);
      case 'part-end':
        return this.#end(event);
      case 'citation':
        return this.#emit({ ...event, citation: this.#read(event.citation) });
      case 'part':
        return this.#emit({ ...event, part: this.#read(event.part) });
      case 'finish':
        return this.#finish({ ...event, finish: this.#read(event.finish) });
      case 'start':
      case 'usage':
      case 'tool-start':
        return this.#emit(event);
    }
  }

  #text(event: TextDelta): string {
    const { type, index, text } = event;
    const known = this.#open.get(index);
    const piece = (known ?? this.#begin(type, index)).filter.push(text);
    if (!this.#parts.acts) return this.#emit(event);
    // Without the probabilities, which spell the text out once more.
    return piece === '' ? '' : this.#emit({ type, index, text: piece });
  }

  #begin(type: TextDelta['type'], index: number): OpenPart {
    const part: OpenPart = { type, isChanged: false, filter: this.#parts.side.open(() => (part.isChanged = true)) };
    this.#open.set(index, part);
    return part;
  }

  #tool(event: Extract<ChatEvent, { readonly type: 'tool-delta' }>): string {
    const { index, json } = event;
    const all = (this.#arguments.get(index) ?? '') + json;
    if (all.length > MAX_ARGUMENTS) throw tooLong();
    this.#arguments.set(index, all);
    return this.#parts.acts ? '' : this.#emit(event);
  }

  #end(event: PartEnd): string {
    const { index } = event;
    const part = this.#open.get(index);
    const json = this.#arguments.get(index);
    this.#open.delete(index);
    this.#arguments.delete(index);
    const rest = part?.filter.end() ?? '';
    let out = part && rest !== '' ? this.#emit({ type: part.type, index, text: rest }) : '';
    if (json !== undefined) out += this.#endTool(index, json);
    return out + this.#emit(part?.isChanged ? { type: 'part-end', index } : this.#readEnd(event));
  }

  #endTool(index: number, json: string): string {
    const read = mapJsonText(json, (text) => filterText(this.#parts.side.open(), text));
    return this.#parts.acts && read !== '' ? this.#emit({ type: 'tool-delta', index, json: read }) : '';
  }

  #readEnd(event: PartEnd): PartEnd {
    return event.opaque ? { ...event, opaque: this.#read(event.opaque) } : event;
  }

  #finish(event: ChatEvent): string {
    const { side, judge, waits } = this.#parts;
    side.settle();
    const out = this.#emit(event);
    if (this.#held && judge && !waits) void judge(this.#held.texts());
    return out;
  }

  #emit(event: ChatEvent): string {
    this.#held?.add(event);
    return this.#parts.waits ? '' : this.#write(event);
  }

  /** Values are put back here, so that no judge gets to see them. */
  #write(event: ChatEvent): string {
    let out = '';
    for (const one of this.#restored?.of(event) ?? [event]) {
      this.#isReleased ||= isContent(one);
      out += this.#parts.writer.write(one);
    }
    return out;
  }

  async #review(): Promise<string> {
    const held = this.#held as HeldAnswer;
    const texts = held.texts();
    const judged = (await this.#parts.judge?.(texts)) ?? texts;
    this.#isReleased = true;
    const events = held.events(judged === texts ? undefined : judged);
    return events.map((event) => this.#write(event)).join('');
  }

  /** What comes whole, in one go. */
  #read<T>(value: T): T {
    const { side } = this.#parts;
    return mapTexts(value, { map: (text) => filterText(side.open(), text), kindOf: (_, kind) => kind });
  }
}

function isContent({ type }: ChatEvent): boolean {
  return type !== 'start' && type !== 'usage' && type !== 'tool-start' && type !== 'part-end';
}

function tooLong(): Error {
  return gatewayError('content_policy_violation', {
    message: 'The arguments of a tool call are longer than the guards of this call can read.',
  });
}
