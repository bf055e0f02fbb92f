import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who signs; a signature of one is foreign to the others. */
export type Signatory = 'openai' | 'anthropic' | 'gemini' | 'bedrock';

/**
 * How each vendor's opaque values begin, as bytes: Anthropic's and Google's are protocol buffers in base64, OpenAI's are
 * Fernet tokens (https://github.com/fernet/spec).
 */
const HEADS: Readonly<Record<Signatory, readonly number[]>> = {
  openai: [0x80, 0, 0, 0, 0],
  anthropic: [0x12, 0x20],
  gemini: [0x0a, 0x20],
  bedrock: [0x12, 0x20, 0x01],
};
const MAC_BYTES = 32;
const SECRET = 'sluice-simulator';

/** A signature over a text, the same for the same text: thus any simulator knows those of any other. */
export function sign(signatory: Signatory, text: string): string {
  const bytes = Buffer.concat([Buffer.from(HEADS[signatory]), macOf(signatory, text)]);
  return signatory === 'openai' ? bytes.toString('base64url') : bytes.toString('base64');
}

/** Whether a signature is this signatory's, over this very text. */
export function isSigned(signatory: Signatory, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  const head = bytes.subarray(0, -MAC_BYTES);
  if (!head.equals(Buffer.from(HEADS[signatory]))) return false;
  return timingSafeEqual(bytes.subarray(-MAC_BYTES), macOf(signatory, text));
}

/** An opaque value that carries a text and is known again. */
export function seal(signatory: Signatory, text: string): string {
  return `${sign(signatory, text)}.${Buffer.from(text).toString('base64url')}`;
}

/** The text in a value that {@link seal} made; nothing for any other. */
export function unseal(signatory: Signatory, sealed: string): string | undefined {
  const [signature = '', carried = ''] = sealed.split('.');
  const text = Buffer.from(carried, 'base64url').toString();
  return isSigned(signatory, text, signature) ? text : undefined;
}

function macOf(signatory: Signatory, text: string): Buffer {
  return createHmac('sha256', SECRET).update(`${signatory}\n${text}`).digest();
}
