import { nearestRatio, ratioOf, readPictureSize } from '@sluice/toolkit';
import type { PictureSize } from '@sluice/toolkit';

/**
 * The shapes in which Gemini models draw, widest last. npm @ai-sdk/google 4.0.121, src/google-language-model-options.ts,
 * `imageConfig`; the four extreme ones are for some models only and are not chosen for a caller who did not name them.
 */
const RATIOS = ['9:16', '2:3', '3:4', '4:5', '1:1', '5:4', '4:3', '3:2', '16:9', '21:9'] as const;
const EXTREME: ReadonlySet<string> = new Set(['1:8', '1:4', '4:1', '8:1']);
const SIZES: ReadonlySet<string> = new Set(['512', '1K', '2K', '4K']);

export interface PictureShape {
  readonly aspectRatio?: string;
  /** About how many pixels a side of a square picture would have. */
  readonly imageSize?: string;
  /** False where the picture will not be as it was asked for. */
  readonly isExact: boolean;
}

/**
 * What a wish such as `1024x1024`, `16:9` or `2K` is in this vendor's terms: the nearest ratio, and the nearest size where
 * it is not the usual one. `sizes`: whether the model has more than the usual one.
 */
export function toPictureShape(size: string | undefined, sizes: boolean): PictureShape {
  if (size === undefined || size === 'auto') return { isExact: true };
  if (SIZES.has(size)) return sizes ? { imageSize: size, isExact: true } : { isExact: size === '1K' };
  const asked = readPictureSize(size);
  if (!asked) return { isExact: false };
  return asked.inPixels ? ofPixels(asked, sizes) : ofRatio(size, asked);
}

function ofRatio(size: string, asked: PictureSize): PictureShape {
  if (EXTREME.has(size)) return { aspectRatio: size, isExact: true };
  const aspectRatio = nearestRatio(asked, RATIOS);
  return { aspectRatio, isExact: ratioOf(aspectRatio) === asked.width / asked.height };
}

/** Only squares come in the very pixels that were asked for. */
function ofPixels(asked: PictureSize, sizes: boolean): PictureShape {
  const { width, height } = asked;
  const side = Math.sqrt(width * height);
  const wished = side < 1_449 ? '1K' : side < 2_897 ? '2K' : '4K';
  const drawn = sizes ? wished : '1K';
  return {
    aspectRatio: nearestRatio(asked, RATIOS),
    ...(drawn === '1K' ? {} : { imageSize: drawn }),
    isExact: width === height && width === Number(drawn[0]) * 1_024,
  };
}
