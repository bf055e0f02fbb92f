import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** Names the form, so that another can follow it one day. */
const FORM = 'sealed1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * The key of one purpose, of the secret that all of them come from: what is made under one is of no use under another.
 * HKDF with SHA-256, https://www.rfc-editor.org/rfc/rfc5869
 */
export function derivePurposeKey(root: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, '', `sluice/${purpose}/v1`, KEY_BYTES));
}

/** What a sealer seals, and with what. */
export interface SealerOptions {
  /** The secret that the keys of all purposes come from. */
  readonly root: string;
  /** What is sealed: `provider-key`. */
  readonly purpose: string;
  /** `crypto.randomBytes`. */
  readonly random: (size: number) => Buffer;
}

/** Keeps texts that nobody may read who has only the place where they are kept. */
export interface Sealer {
  /** `about` is what the text belongs to, such as a name: it opens for nothing else. */
  seal(text: string, about: string): string;
  /** Nothing for what was sealed for another purpose, another `about` or under another root, and for what was changed. */
  open(sealed: string, about: string): string | undefined;
}

/** AES-256-GCM with a key of its own for the purpose, and a fresh nonce for every text. */
export function createSealer({ root, purpose, random }: SealerOptions): Sealer {
  const key = derivePurposeKey(root, purpose);
  return {
    seal(text, about) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return [FORM, nonce, sealed, cipher.getAuthTag()].map(toText).join('.');
    },
    open(sealed, about) {
      const [form, nonce, bytes, tag] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'));
      if (!sealed.startsWith(`${FORM}.`) || !form || !bytes) return undefined;
      if (nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(about)).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

function toText(part: string | Buffer): string {
  return typeof part === 'string' ? part : part.toString('base64url');
}
