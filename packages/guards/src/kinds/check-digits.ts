import { isIP, isIPv6 } from 'node:net';

/** The check digit of payment cards: ISO/IEC 7812-1, annex B. */
function isLuhn(text: string): boolean {
  const digits = digitsOf(text);
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits[digits.length - 1 - i] as number;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** A card's number has 13 to 19 digits, is not one digit alone, and begins as those of payment networks do. */
export function isCard(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length < 13 || digits.length > 19 || new Set(digits).size < 2) return false;
  return (digits[0] as number) >= 2 && (digits[0] as number) <= 6 && isLuhn(text);
}

/** ISO 13616-1: country and check digits go to the end, letters count from 10, and the remainder by 97 is 1. */
export function isIban(text: string): boolean {
  const iban = text.replaceAll(' ', '').toUpperCase();
  if (iban.length < 15 || iban.length > 34) return false;
  return remainder(iban.slice(4) + iban.slice(0, 4), 97) === 1;
}

/** E.164: at most 15 digits; fewer than 8 are no number that can be called from abroad. */
export function isPhone(text: string): boolean {
  const { length } = digitsOf(text);
  return length >= 8 && length <= 15;
}

/** An address of the internet. Of IPv6, what is abbreviated to fewer than three groups is more likely source code. */
export function isAddress(text: string): boolean {
  if (isIP(text) === 4) return true;
  return isIPv6(text) && text.split(':').filter((group) => group !== '').length >= 3;
}

/** SSA: no area 000, 666 or 900 and above, no group 00, no serial number 0000. */
export function isUsSsn(text: string): boolean {
  const [area, group, serial] = [text.slice(0, 3), text.slice(4, 6), text.slice(7)];
  return area !== '000' && area !== '666' && area < '900' && group !== '00' && serial !== '0000';
}

/** Steueridentifikationsnummer: the check digit of ISO/IEC 7064, MOD 11,10; no 0 in front. */
export function isGermanTaxId(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length !== 11 || digits[0] === 0) return false;
  // Of the first ten digits one or two stand more than once, and no more.
  if (new Set(digits.slice(0, 10)).size < 8) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (digit + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digits[10];
}

/** Numéro d'inscription au répertoire: the last two digits are 97 less the remainder of the others; 2A and 2B are Corsica. */
export function isFrenchNir(text: string): boolean {
  const nir = text.replaceAll(' ', '').toUpperCase();
  if (nir.length !== 15) return false;
  const number = nir.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - remainder(number, 97) === Number(nir.slice(13));
}

const SPANISH_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** DNI and NIE: the letter is the remainder by 23; X, Y and Z stand for 0, 1 and 2. */
export function isSpanishId(text: string): boolean {
  const id = text.replace('-', '').toUpperCase();
  const first = 'XYZ'.indexOf(id[0] as string);
  const number = first < 0 ? id.slice(0, 8) : `${first}${id.slice(1, 8)}`;
  return SPANISH_LETTERS[Number(number) % 23] === id[8];
}

/** CPF: two check digits, each of a weighted sum by 11. */
export function isBrazilianCpf(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length !== 11 || new Set(digits).size < 2) return false;
  const check = (count: number): number => {
    const sum = digits.slice(0, count).reduce((total, digit, i) => total + digit * (count + 1 - i), 0);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === digits[9] && check(10) === digits[10];
}

function digitsOf(text: string): readonly number[] {
  return [...text].filter((char) => char >= '0' && char <= '9').map(Number);
}

/** Of a number in decimal, with letters that count from 10. */
function remainder(text: string, divisor: number): number {
  let rest = 0;
  for (const char of text) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % divisor;
  }
  return rest;
}
