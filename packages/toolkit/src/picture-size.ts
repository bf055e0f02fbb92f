/** What a caller says of a picture's size: `1024x1024` or `16:9`. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** In pixels; else the two are a ratio. */
  readonly inPixels: boolean;
}

/** Nothing for `auto`, for a word of a vendor's own and for what is no size. */
export function readPictureSize(size: string): PictureSize | undefined {
  const [, width, mark, height] = /^(\d{1,5})([x:])(\d{1,5})$/.exec(size) ?? [];
  if (!Number(width) || !Number(height)) return undefined;
  return { width: Number(width), height: Number(height), inPixels: mark === 'x' };
}

/** Of ratios such as `16:9` the one that is nearest, on a scale on which `2:1` is as far from `1:1` as `1:2`. */
export function nearestRatio(
  { width, height }: Pick<PictureSize, 'width' | 'height'>,
  ratios: readonly string[],
): string {
  const distance = (ratio: string): number => Math.abs(Math.log((ratioOf(ratio) * height) / width));
  return ratios.reduce((best, ratio) => (distance(ratio) < distance(best) ? ratio : best));
}

/** Width by height. */
export function ratioOf(ratio: string): number {
  const [width, height] = ratio.split(':');
  return Number(width) / Number(height);
}
