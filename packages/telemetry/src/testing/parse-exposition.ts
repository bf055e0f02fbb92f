/** The samples of a Prometheus text, by series, as a scraper reads them. Throws on a line that is none. */
export function parseExposition(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, series, value] = /^([a-z_0-9]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
    if (series === undefined || samples.has(series)) throw new Error(`not a sample, or there twice: ${line}`);
    samples.set(series, Number(value));
  }
  return samples;
}
