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
  const [, width, mark, height] = /^(\d{1,5})([x:])(\d{1,5})$/.exec(size) ?? [];
  if (!Number(width) || !Number(height)) return { isExact: false };
  if (mark === ':') return ofRatio(size, Number(width) / Number(height));
  return ofPixels(Number(width), Number(height), sizes);
}

function ofRatio(size: string, ratio: number): PictureShape {
  if (EXTREME.has(size)) return { aspectRatio: size, isExact: true };
  const aspectRatio = nearestRatio(ratio);
  return { aspectRatio, isExact: valueOf(aspectRatio) === ratio };
}

/** Only squares come in the very pixels that were asked for. */
function ofPixels(width: number, height: number, sizes: boolean): PictureShape {
  const side = Math.sqrt(width * height);
  const asked = side < 1_449 ? '1K' : side < 2_897 ? '2K' : '4K';
  const drawn = sizes ? asked : '1K';
  return {
    aspectRatio: nearestRatio(width / height),
    ...(drawn === '1K' ? {} : { imageSize: drawn }),
    isExact: width === height && width === Number(drawn[0]) * 1_024,
  };
}

function nearestRatio(ratio: number): string {
  const distance = (one: string): number => Math.abs(Math.log(valueOf(one) / ratio));
  return RATIOS.reduce((best, one) => (distance(one) < distance(best) ? one : best), '1:1');
}

function valueOf(ratio: string): number {
  const [width, height] = ratio.split(':');
  return Number(width) / Number(height);
}
