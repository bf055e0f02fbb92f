import { frame, pieces, type Ending, type Finish, type Identity, type StreamRendering } from '../wire.js';
import { statusOf, toItem, writeResponse, type ResponseForm } from './response-object.js';
import type { ContentStep, Fault } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** A response as it was in the end. */
export type Finished = (response: JsonObject) => void;

export interface ResponseScene {
  readonly identity: Identity;
  readonly form: ResponseForm;
  readonly finished: Finished;
}

export function openResponseStream(scene: ResponseScene): StreamRendering {
  return new ResponseStream(scene);
}

type TextStep = Exclude<ContentStep, { readonly type: 'tool-call' }>;

/**
 * Typed events, numbered, each item announced, told in pieces and told whole. Source:
 * developers.openai.com/api/docs/guides/streaming-responses; npm openai 7.57.0, resources/responses/responses.d.ts
 */
class ResponseStream implements StreamRendering {
  readonly #scene: ResponseScene;
  #sequence = 0;
  #output: readonly JsonObject[] = [];
  /** The item under way, with all that it says so far. */
  #open: TextStep | undefined;

  constructor(scene: ResponseScene) {
    this.#scene = scene;
  }

  open(): string {
    const response = this.#response('in_progress', undefined);
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  content(step: ContentStep): string {
    if (step.type === 'tool-call') return this.#close() + this.#call(step);
    const before = this.#open?.type === step.type ? '' : this.#close() + this.#begin(step);
    this.#open = { type: step.type, text: (this.#open?.text ?? '') + step.text };
    return before + this.#delta(step);
  }

  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  finish(finish: Finish, usage: TokenCount | undefined): Ending {
    const body = this.#close();
    const status = statusOf(finish);
    const response = this.#response(status, usage, { finish });
    this.#scene.finished(response);
    return { body, terminal: this.#event(`response.${status}`, { response }) };
  }

  fault({ message, kind }: Fault): string {
    const code = kind === 'rate-limit' ? 'rate_limit_exceeded' : 'server_error';
    return this.#event('response.failed', {
      response: this.#response('failed', undefined, { error: { code, message } }),
    });
  }

  malformed(): string {
    return frame('{"type":"response.output_text.delta","delta":', 'response.output_text.delta');
  }

  #response(
    status: Parameters<typeof writeResponse>[0]['status'],
    usage: TokenCount | undefined,
    extra: object = {},
  ): JsonObject {
    const { identity, form } = this.#scene;
    return writeResponse({ status, output: this.#output, usage, ...extra }, identity, form);
  }

  #event(type: string, fields: JsonObject): string {
    const numbered = { type, sequence_number: this.#sequence, ...fields };
    this.#sequence += 1;
    return frame(numbered, type);
  }

  get #index(): number {
    return this.#output.length;
  }

  #item(step: ContentStep): JsonObject {
    return toItem(step, this.#index, this.#scene);
  }

  /** Where an event belongs. */
  #place(step: ContentStep): JsonObject {
    return { item_id: this.#item(step)['id'], output_index: this.#index };
  }

  #added(item: JsonObject): string {
    return this.#event('response.output_item.added', { output_index: this.#index, item });
  }

  #done(item: JsonObject): string {
    const told = this.#event('response.output_item.done', { output_index: this.#index, item });
    this.#output = [...this.#output, item];
    return told;
  }

  #begin({ type }: TextStep): string {
    const empty = { type, text: '' };
    const place = this.#place(empty);
    if (type === 'reasoning') {
      const added = this.#added({ ...this.#item(empty), summary: [] });
      const part = { type: 'summary_text', text: '' };
      return this.#shown
        ? added + this.#event('response.reasoning_summary_part.added', { ...place, summary_index: 0, part })
        : added;
    }
    const item = this.#item(empty);
    const added = this.#added({ ...item, status: 'in_progress', content: [] });
    return added + this.#event('response.content_part.added', { ...place, content_index: 0, part: partOf(item) });
  }

  #delta(step: TextStep): string {
    const place = this.#place(step);
    const delta = step.text;
    switch (step.type) {
      case 'text':
        return this.#event('response.output_text.delta', { ...place, content_index: 0, delta, logprobs: [] });
      case 'refusal':
        return this.#event('response.refusal.delta', { ...place, content_index: 0, delta });
      case 'reasoning':
        return this.#shown
          ? this.#event('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta })
          : '';
    }
  }

  #close(): string {
    const step = this.#open;
    if (!step) return '';
    this.#open = undefined;
    const item = this.#item(step);
    const told = step.type === 'reasoning' ? this.#closeSummary(step) : this.#closePart(step, item);
    return told + this.#done(item);
  }

  #closePart(step: TextStep, item: JsonObject): string {
    const place = { ...this.#place(step), content_index: 0 };
    const done =
      step.type === 'text'
        ? this.#event('response.output_text.done', { ...place, text: step.text, logprobs: [] })
        : this.#event('response.refusal.done', { ...place, refusal: step.text });
    return done + this.#event('response.content_part.done', { ...place, part: partOf(item) });
  }

  #closeSummary(step: TextStep): string {
    if (!this.#shown) return '';
    const place = { ...this.#place(step), summary_index: 0 };
    const part = { type: 'summary_text', text: step.text };
    return (
      this.#event('response.reasoning_summary_text.done', { ...place, text: step.text }) +
      this.#event('response.reasoning_summary_part.done', { ...place, part })
    );
  }

  get #shown(): boolean {
    return this.#scene.form.showsSummary;
  }

  #call(step: ContentStep & { readonly type: 'tool-call' }): string {
    const item = this.#item(step);
    const place = this.#place(step);
    const [name, field] = step.custom ? ['custom_tool_call_input', 'input'] : ['function_call_arguments', 'arguments'];
    const added = this.#added({ ...item, status: 'in_progress', [field]: '' });
    const deltas = pieces(step.json).map((delta) => this.#event(`response.${name}.delta`, { ...place, delta }));
    const done = this.#event(`response.${name}.done`, { ...place, [field]: step.json });
    return added + deltas.join('') + done + this.#done(item);
  }
}

/** The one part of a message. */
function partOf(item: JsonObject): unknown {
  return (item['content'] as readonly unknown[])[0];
}
