import { gatewayError, toGatewayError } from '@sluice/contract';
import type { AnswerSummary, Frame, GatewayError, OutputText, StreamScanner } from '@sluice/contract';
import { frameEnd, frameStart, parseFrame, skipLineFeeds, strictStart, withoutRanges } from './frame-bytes.js';
import { HeldBytes } from './held-bytes.js';
import { asBuffer } from './bytes.js';
import { tryParseJson } from './json.js';
import { findOdd } from './odd-frames.js';
import { MAX_FRAME_CHARS, createFrameReader, frameTooLarge, writeFrame } from './sse.js';

/** What a dialect knows about its frames. One value for each stream, because `inspect` remembers. */
export interface ScanRules {
  /**
   * Global expression over the text of many frames. Where group 1 takes part, it is output text and is only counted;
   * any other match marks a frame that `inspect` must see. JSON escapes the quotes inside strings, so a quoted key in
   * the expression cannot be forged by a model's words.
   */
  readonly marker: RegExp;
  /** Sees every frame up to the first content, afterwards the marked ones only. */
  inspect(frame: Frame): FrameVerdict;
  summary(): AnswerSummary;
  /** The frames that `end` supplies where the upstream leaves after a `complete` frame without a `terminal` one. */
  readonly closing?: string;
}
/** What a dialect makes of one frame; an empty one says that it is nothing special. */
export interface FrameVerdict {
  /** The frame carries content: the stream may be committed. */
  readonly content?: boolean;
  /** The frame ends the stream as the dialect ends it. */
  readonly terminal?: boolean;
  /** The answer is whole now: an upstream that ends here, without a terminal frame, cut nothing. */
  readonly complete?: boolean;
  /** The frame is not what the dialect sends. Fails the stream; at its very end it is a cut. */
  readonly unreadable?: boolean;
  /** The caller must not see this frame. */
  readonly drop?: boolean;
  /** The frame is an in-band error; it is not forwarded, nor is anything after it. */
  readonly failure?: GatewayError;
}

const EMPTY = Buffer.alloc(0);
/** Kept of the output, in case that somebody has to count it. */
const MAX_TEXT_CHARS = 4_096;
const BLANK_LINE = Buffer.from('\n\n');

/**
 * Watches a stream that passes through unparsed. Frames separated by line feeds go on as the very bytes that came; only
 * the frames that settling needs are parsed. A stream with carriage returns is read and written anew, frame by frame.
 */
export function createStreamScanner(rules: ScanRules): StreamScanner {
  return new Scanner(rules);
}

class Scanner implements StreamScanner {
  readonly #rules: ScanRules;
  readonly #strict = { active: false, reader: createFrameReader() };
  readonly #held = new HeldBytes();
  #outputChars = 0;
  /** As it stands in the JSON, a character for each byte. */
  #text = '';
  #progress = 0;
  #committed = false;
  #complete = false;
  #terminal = false;
  #failure: GatewayError | undefined;

  constructor(rules: ScanRules) {
    this.#rules = rules;
  }

  get committed(): boolean {
    return this.#committed;
  }

  get finished(): boolean {
    return this.#terminal;
  }

  get progress(): number {
    return this.#progress;
  }

  get failure(): GatewayError | undefined {
    return this.#failure;
  }

  push(read: Uint8Array): Uint8Array {
    // Nothing belongs behind the end.
    if (this.#failure || this.#terminal) return EMPTY;
    const fresh = asBuffer(read);
    if (this.#strict.active) return this.#pushStrict(fresh);
    if (this.#held.length > 0 && this.#held.growsWith(fresh)) return this.#hold(fresh);
    const bytes = this.#held.takeWith(fresh);
    const strictFrom = strictStart(bytes);
    if (strictFrom >= 0) return this.#turnStrict(bytes, strictFrom);
    const end = frameEnd(bytes);
    if (end < bytes.length) this.#hold(bytes.subarray(end));
    return this.#scan(end === bytes.length ? bytes : bytes.subarray(0, end));
  }

  end(): Uint8Array {
    if (this.#failure || this.#terminal) return EMPTY;
    const rest = this.#endLastFrame();
    if (this.#failure || this.#terminal) return rest;
    if (!this.#complete) throw cut();
    return Buffer.concat([rest, Buffer.from(this.#rules.closing ?? '')]);
  }

  summary(): AnswerSummary {
    return { ...this.#rules.summary(), outputChars: this.#outputChars };
  }

  outputText(): OutputText {
    const json = Buffer.from(this.#text, 'latin1').toString('utf8');
    const text = tryParseJson(`"${json}"`);
    return { text: typeof text === 'string' ? text : json, share: this.#text.length / this.#outputChars };
  }

  #hold(bytes: Buffer): Buffer {
    this.#held.add(bytes);
    if (this.#held.length > MAX_FRAME_CHARS) this.#failure = frameTooLarge();
    return EMPTY;
  }

  /** A last frame without its blank line counts, unless it breaks off inside. */
  #endLastFrame(): Buffer {
    if (this.#strict.active) return this.#pushStrict(BLANK_LINE);
    const held = this.#held.takeWith(EMPTY);
    const frame = parseFrame(held.toString('utf8'));
    if (!frame) return EMPTY;
    const verdict = this.#rules.inspect(frame);
    if (verdict.unreadable) throw cut();
    this.#note(verdict);
    return verdict.drop || verdict.failure ? EMPTY : Buffer.concat([held, BLANK_LINE]);
  }

  /** Whole frames, line feeds only. */
  #scan(bytes: Buffer): Buffer {
    if (bytes.length === 0) return EMPTY;
    const text = bytes.toString('latin1');
    const cuts: number[] = [];
    const inspectedTo = this.#committed ? 0 : this.#scanUntilCommitted(bytes, text, cuts);
    if (!this.#failure) this.#scanMarked({ bytes, text, cuts, inspectedTo });
    return cuts.length === 0 ? bytes : withoutRanges(bytes, cuts);
  }

  #scanMarked({ bytes, text, cuts, inspectedTo }: Read): void {
    const { marker } = this.#rules;
    let done = inspectedTo;
    let odd = findOdd(text, done);
    marker.lastIndex = 0;
    for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
      for (; odd >= 0 && odd <= match.index && this.#isGoingOn; odd = findOdd(text, odd)) {
        this.#judge(bytes, [frameStart(text, odd - 2), (done = odd)], cuts);
      }
      // What is behind the end is no part of the answer.
      if (this.#failure || (this.#terminal && match.index >= done)) return;
      if (match[1] !== undefined) {
        this.#countOutput(match[1]);
      } else if (match.index >= done) {
        const start = frameStart(text, match.index);
        done = text.indexOf('\n\n', match.index) + 2;
        if (odd >= 0 && odd <= done) odd = findOdd(text, done);
        this.#judge(bytes, [start, done], cuts);
      }
    }
    for (; odd >= 0 && this.#isGoingOn; odd = findOdd(text, odd)) {
      this.#judge(bytes, [frameStart(text, odd - 2), odd], cuts);
    }
  }

  get #isGoingOn(): boolean {
    return !this.#failure && !this.#terminal;
  }

  /** Looks at every frame until one commits; returns where it stopped. */
  #scanUntilCommitted(bytes: Buffer, text: string, cuts: number[]): number {
    let start = 0;
    while (start < bytes.length && !this.#committed && !this.#failure) {
      const blank = text.indexOf('\n\n', start);
      const end = blank < 0 ? bytes.length : blank + 2;
      this.#judge(bytes, [start, end], cuts);
      start = end;
    }
    return start;
  }

  #judge(bytes: Buffer, [from, end]: readonly [number, number], cuts: number[]): void {
    // Surplus line feeds belong to no frame: they pass, whatever becomes of the frame behind them.
    const start = skipLineFeeds(bytes, from);
    const frame = parseFrame(bytes.toString('utf8', start, end));
    if (!frame) return;
    const verdict = this.#rules.inspect(frame);
    this.#note(verdict);
    if (this.#failure) cuts.push(start, Number.MAX_SAFE_INTEGER);
    else if (verdict.drop) cuts.push(start, end);
    if (this.#terminal && end < bytes.length) cuts.push(end, Number.MAX_SAFE_INTEGER);
  }

  #note(verdict: FrameVerdict): void {
    this.#failure = verdict.failure ?? (verdict.unreadable ? unreadable() : undefined);
    if (this.#failure) return;
    if (verdict.content || verdict.terminal) this.#committed = true;
    if (verdict.content || verdict.terminal || verdict.complete) this.#progress += 1;
    if (verdict.complete) this.#complete = true;
    if (verdict.terminal) this.#terminal = true;
  }

  #countOutput(text: string): void {
    if (this.#outputChars < MAX_TEXT_CHARS) this.#text += text;
    this.#outputChars += text.length;
    if (text.length > 0) this.#progress += 1;
  }

  /** What came before the frame with the carriage return still passes as it is, wherever the reads were cut. */
  #turnStrict(bytes: Buffer, from: number): Buffer {
    const end = frameEnd(bytes.subarray(0, from));
    const before = this.#scan(bytes.subarray(0, end));
    this.#strict.active = true;
    return this.#failure ? before : Buffer.concat([before, this.#pushStrict(bytes.subarray(end))]);
  }

  #pushStrict(bytes: Buffer): Buffer {
    if (this.#terminal) return EMPTY;
    let text = '';
    for (const frame of this.#readStrict(bytes)) {
      const verdict = this.#rules.inspect(frame);
      this.#note(verdict);
      if (this.#failure) break;
      const written = writeFrame(frame);
      for (const match of written.matchAll(this.#rules.marker))
        this.#countOutput(Buffer.from(match[1] ?? '').toString('latin1'));
      if (!verdict.drop) text += written;
      if (this.#terminal) break;
    }
    return Buffer.from(text);
  }

  #readStrict(bytes: Buffer): readonly Frame[] {
    try {
      return this.#strict.reader.push(bytes);
    } catch (error) {
      this.#failure = toGatewayError(error);
      return [];
    }
  }
}

/** One network read while its marks are looked at. */
interface Read {
  readonly bytes: Buffer;
  readonly text: string;
  readonly cuts: number[];
  readonly inspectedTo: number;
}

function cut(): GatewayError {
  return gatewayError('upstream_truncated', { message: "The provider's stream ended before its end was announced." });
}

function unreadable(): GatewayError {
  return gatewayError('upstream_invalid_response', { message: 'The provider sent an event that cannot be read.' });
}
