import type { Passthrough } from '@sluice/contract';
import { nearestRatio, readPictureSize } from '@sluice/toolkit';
import { holdsAny } from '../foreign-fields.js';
import type { MediaOperation, MediaRules } from '../rules.js';
import type { Server } from '../server.js';

const NONE: MediaRules = {};

/** What a server has otherwise of one operation. */
export function rulesFor({ rules }: Server, operation: MediaOperation): MediaRules {
  return rules.mediaRules?.[operation] ?? NONE;
}

/** Whether a request means to the server what it means to OpenAI; always, where nothing is otherwise. */
export function takesAsItCame({ refused = [], formats, size, base64 }: MediaRules): NonNullable<Passthrough['takes']> {
  const obstacles = [...refused, ...(size ? ['size'] : []), ...(base64 ? ['response_format'] : [])];
  return ({ wire }) => {
    const { response_format: format } = wire;
    const isKnown = !formats || typeof format !== 'string' || formats.includes(format);
    return isKnown && !holdsAny(wire, obstacles);
  };
}

/** A format as the server knows it. */
export function toKnownFormat({ formats }: MediaRules, format: string | undefined): string | undefined {
  return format === undefined || !formats || formats.includes(format) ? format : formats[0];
}

export interface SaidSize {
  readonly fields: Readonly<Record<string, unknown>>;
  /** False where the server has no word for what was asked. */
  readonly isExact: boolean;
}

/** The size of a picture in the server's fields. */
export function toSizeFields({ size: way }: MediaRules, size: string | undefined): SaidSize {
  if (way === undefined) return { fields: { size }, isExact: true };
  if (size === undefined || size === 'auto') return { fields: {}, isExact: true };
  const asked = readPictureSize(size);
  if (way === 'width-and-height') {
    if (!asked?.inPixels) return { fields: {}, isExact: false };
    return { fields: { width: asked.width, height: asked.height }, isExact: true };
  }
  const ratio = asked && nearestRatio(asked, way);
  return { fields: { aspect_ratio: ratio }, isExact: ratio === size };
}
