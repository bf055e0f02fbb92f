import {
  isAddress,
  isBrazilianCpf,
  isCard,
  isFrenchNir,
  isGermanTaxId,
  isIban,
  isPhone,
  isSpanishId,
  isUsSsn,
} from './check-digits.js';

interface Recogniser {
  /** What stands in a text in its place, without the brackets. */
  readonly label: string;
  readonly pattern: string;
  /** Tells what is one from what only looks like one. */
  readonly isOne?: (text: string) => boolean;
}

/**
 * What is known of personal data. A pattern alone would take order numbers for cards: where a number has check digits,
 * they are checked. Wire formats: RFC 5321 (addresses of e-mail, as people write them), E.164, ISO 13616, ISO/IEC 7812,
 * RFC 4291, and the registers of the countries.
 */
export const PERSONAL_DATA = {
  email: {
    label: 'EMAIL',
    pattern: "[\\w.!#$%&'*+/=?^`\\{|\\}~\\-]+@[a-z0-9\\-]+(?:\\.[a-z0-9\\-]+)*\\.[a-z][a-z0-9\\-]+",
  },
  phone: {
    label: 'PHONE',
    pattern:
      '(?:\\+|\\b00)[1-9](?:[ ().\\-/]{0,2}\\d){6,14}\\b|(?:\\([2-9]\\d{2}\\) ?|\\b[2-9]\\d{2}[ .\\-])\\d{3}[ .\\-]\\d{4}\\b',
    isOne: isPhone,
  },
  iban: { label: 'IBAN', pattern: '\\b[a-z]{2}\\d{2}(?: ?[a-z0-9]){11,30}\\b', isOne: isIban },
  'credit-card': { label: 'CARD', pattern: '\\b\\d(?:[ \\-]?\\d){12,18}\\b', isOne: isCard },
  ip: {
    label: 'IP',
    pattern:
      '\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b|\\b[0-9a-f]{1,4}:(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}(?:(?:\\.\\d{1,3}){3})?\\b',
    isOne: isAddress,
  },
  'us-ssn': { label: 'SSN', pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b', isOne: isUsSsn },
  'gb-nino': { label: 'NINO', pattern: '\\b[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z](?: ?\\d{2}){3} ?[a-d]\\b' },
  'de-tax-id': { label: 'TAX_ID', pattern: '\\b\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}\\b', isOne: isGermanTaxId },
  'fr-nir': {
    label: 'NIR',
    pattern: '\\b[12] ?\\d{2} ?\\d{2} ?\\d[\\dab] ?\\d{3} ?\\d{3} ?\\d{2}\\b',
    isOne: isFrenchNir,
  },
  'es-id': { label: 'NATIONAL_ID', pattern: '\\b(?:\\d|[xyz])\\d{7}-?[a-z]\\b', isOne: isSpanishId },
  'br-cpf': { label: 'CPF', pattern: '\\b\\d{3}\\.?\\d{3}\\.?\\d{3}-?\\d{2}\\b', isOne: isBrazilianCpf },
} as const satisfies Readonly<Record<string, Recogniser>>;

export type Entity = keyof typeof PERSONAL_DATA;

/** The kinds of personal data that are known. */
export const ENTITIES = Object.keys(PERSONAL_DATA) as [Entity, ...Entity[]];

export function recogniserOf(entity: Entity): Recogniser {
  return PERSONAL_DATA[entity];
}
