import type { JsonObject, Principal } from '@sluice/contract';
import type { Names } from '../text/placeholders.js';
import type { Finding, ScanRules } from '../text/scanner.js';

export type Side = 'input' | 'output';

/** A guard that reads texts as they pass. */
export interface TextGuard extends Omit<ScanRules, 'replace' | 'onMatch'> {
  readonly reads: 'text';
  readonly action: 'deny' | 'mask';
  /** What stands in place of a finding, where it masks. */
  mask(finding: Finding, names: Names): string;
}

/** A guard that judges what is asked, or answered, as a whole. */
export interface WholeGuard {
  readonly reads: 'whole';
  /** Rejects, or throws, where it could not judge. */
  judge(question: WholeQuestion, signal: AbortSignal): Promise<Judgement>;
  /** What counts where it could not. */
  readonly onFailure: 'allow' | 'reject';
}
/** One text of many, and where it stands. */
export interface NamedText {
  /** Of a prompt, the role of its message; of an answer, `text`, `reasoning`, `refusal` or `tool-call`; `other` for the rest. */
  readonly kind: string;
  readonly text: string;
}
export interface WholeQuestion {
  readonly side: Side;
  readonly requestId: string;
  readonly principal: Principal;
  /** As the caller asked for it. */
  readonly model: string;
  readonly texts: readonly NamedText[];
  /** The schema that the caller asked the answer to have. */
  readonly askedSchema: JsonObject | undefined;
}
export type Judgement =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'reject' }
  /** One text for each that was asked about. */
  | { readonly verdict: 'rewrite'; readonly texts: readonly string[] };

export type GuardCheck = TextGuard | WholeGuard;
