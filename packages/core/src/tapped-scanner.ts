import type { AnswerSummary, GatewayError, OutputText, StreamScanner } from '@sluice/contract';

/** A scanner whose outgoing bytes are shown to `see`, before the caller gets them. */
export class TappedScanner implements StreamScanner {
  readonly #scanner: StreamScanner;
  readonly #see: (bytes: Uint8Array) => void;

  constructor(scanner: StreamScanner, see: (bytes: Uint8Array) => void) {
    this.#scanner = scanner;
    this.#see = see;
  }

  get committed(): boolean {
    return this.#scanner.committed;
  }

  get finished(): boolean {
    return this.#scanner.finished;
  }

  get progress(): number {
    return this.#scanner.progress;
  }

  get failure(): GatewayError | undefined {
    return this.#scanner.failure;
  }

  push(read: Uint8Array): Uint8Array {
    return this.#shown(this.#scanner.push(read));
  }

  end(): Uint8Array {
    return this.#shown(this.#scanner.end());
  }

  summary(): AnswerSummary {
    return this.#scanner.summary();
  }

  outputText(): OutputText {
    return this.#scanner.outputText?.() ?? { text: '', share: 0 };
  }

  #shown(bytes: Uint8Array): Uint8Array {
    if (bytes.length > 0) this.#see(bytes);
    return bytes;
  }
}
