import { describe, expect, it } from 'vitest';
import { PERSONAL_DATA } from './personal-data.js';
import type { Entity } from './personal-data.js';
import { createPersonalDataGuard } from './text-guards.js';
import { Placeholders } from '../text/placeholders.js';
import { Scanner } from '../text/scanner.js';
import { filterText } from '../text/text-filter.js';

const placeholders = new Placeholders(() => false);

function masked(text: string, entities: readonly Entity[]): string {
  const guard = createPersonalDataGuard({ entities, action: 'mask', reversible: false, maxMatchChars: 512 });
  return filterText(new Scanner({ ...guard, replace: (finding) => guard.mask(finding, placeholders) }), text);
}

/** Numbers that the registers give as examples, or that are computed by their rules. */
const ONES: Readonly<Record<Entity, readonly string[]>> = {
  email: ['joe@example.com', "o'neil+x@mail.example.co.uk", 'JOE@EXAMPLE.COM'],
  phone: ['+44 20 7946 0958', '+1 (415) 555-2671', '0049 30 901820', '(415) 555-2671', '415-555-2671'],
  iban: ['DE89 3704 0044 0532 0130 00', 'GB82WEST12345698765432', 'FR1420041010050500013M02606'],
  'credit-card': ['4111 1111 1111 1111', '5500-0000-0000-0004', '378282246310005'],
  ip: ['192.0.2.44', '2001:db8::8a2e:370:7334'],
  'us-ssn': ['078-05-1120'],
  'gb-nino': ['QQ123456C'.replace('QQ', 'AB'), 'AB 12 34 56 D'],
  'de-tax-id': ['86095742719', '47 036 892 816'],
  'fr-nir': [
    '2 55 08 14 168 025 38',
    '188052A12345628'.slice(0, 13) + String(97 - Number(1880519123456n % 97n)).padStart(2, '0'),
  ],
  'es-id': ['12345678Z', 'X1234567L'],
  'br-cpf': ['111.444.777-35', '52998224725'],
};
/** What looks like one. */
const OTHERS: Readonly<Partial<Record<Entity, readonly string[]>>> = {
  email: ['@example', 'joe@', 'a @ b.com'],
  phone: ['2024-11-26', '12 345', '1.2.3'],
  iban: ['DE89 3704 0044 0532 0130 01'],
  'credit-card': ['4111 1111 1111 1112', '0000 0000 0000 0000', '12345678901234567890123'],
  ip: ['1.2.3.999', 'std::vector', '10:30:00', '1.2.3'],
  'us-ssn': ['000-12-3456', '666-12-3456', '912-12-3456'],
  'de-tax-id': ['86095742718'],
  'fr-nir': ['2 55 08 14 168 025 39'],
  'es-id': ['12345678A'],
  'br-cpf': ['111.444.777-36'],
};

describe.each(Object.keys(PERSONAL_DATA) as Entity[])('%s', (entity) => {
  it.each(ONES[entity])('finds %s', (text) => {
    expect(masked(`(${text}), x`, [entity])).toBe(`([${PERSONAL_DATA[entity].label}]), x`);
  });
  it.each(OTHERS[entity] ?? ['nothing'])('leaves %s alone', (text) => {
    expect(masked(`x ${text} x`, [entity])).toBe(`x ${text} x`);
  });
});

it('finds several kinds in one text', () => {
  const text = 'joe@example.com pays with 4111111111111111 from DE89370400440532013000.';
  expect(masked(text, ['email', 'credit-card', 'iban'])).toBe('[EMAIL] pays with [CARD] from [IBAN].');
});
