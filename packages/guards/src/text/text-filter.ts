/** Takes a text in pieces and gives back what may be seen of it. Either may throw, and then the text is refused. */
export interface TextFilter {
  push(piece: string): string;
  /** The rest. The filter is used up. */
  end(): string;
}

/** The whole of a text at once. */
export function filterText(filter: TextFilter, text: string): string {
  return filter.push(text) + filter.end();
}

/** One after the other. */
export function joinFilters(filters: readonly TextFilter[]): TextFilter {
  const [only] = filters;
  if (only && filters.length === 1) return only;
  return {
    push: (piece) => filters.reduce((text, filter) => (text === '' ? '' : filter.push(text)), piece),
    end: () => filters.reduce((text, filter) => (text === '' ? '' : filter.push(text)) + filter.end(), ''),
  };
}

/** Shows a filter the text and passes the text on as it is, at once. */
export function watching(filter: TextFilter): TextFilter {
  return {
    push(piece) {
      filter.push(piece);
      return piece;
    },
    end() {
      filter.end();
      return '';
    },
  };
}
