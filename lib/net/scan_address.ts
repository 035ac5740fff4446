/**
 * Addresses and prefixes read in place, without a string or a bigint for each: lists have a million of them. What is not
 * read here, {@link parseIpv4} and {@link parseIpv6} may still read, and they know what is wrong with it.
 *
 * @module
 */

/** An address or prefix that was read. The same object is filled again and again. */
export interface ScannedPrefix {
  /** First address, in words of 32 bits, the most significant first: one for IPv4, four for IPv6. */
  readonly lo: Uint32Array<ArrayBuffer>;
  /** Last address. */
  readonly hi: Uint32Array<ArrayBuffer>;
}

/** Where to put IPv4 prefixes. */
export function ipv4Room(): ScannedPrefix {
  return { lo: new Uint32Array(1), hi: new Uint32Array(1) };
}

/** Where to put IPv6 prefixes. */
export function ipv6Room(): ScannedPrefix {
  return { lo: new Uint32Array(4), hi: new Uint32Array(4) };
}

/** Reads `192.0.2.1` or `192.0.2.0/24` from `text`; false for all else, and for bits below the prefix. */
export function scanIpv4(text: string, from: number, to: number, room: ScannedPrefix): boolean {
  let value = 0;
  let at = from;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text.charCodeAt(at++) !== DOT) return false;
    const start = at;
    let byte = 0;
    for (; at < to && at < start + 3; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      byte = 10 * byte + digit;
    }
    if (at === start || byte > 255 || at - start > 1 && text.charCodeAt(start) === ZERO) return false;
    value = value << 8 | byte;
  }
  const length = scanLength(text, at, to, 32);
  if (length < 0) return false;
  room.lo[0] = value;
  return finish(room, length);
}

/** Reads `2001:db8::1` or `2001:db8::/32` from `text`; false for all else, and for bits below the prefix. */
export function scanIpv6(text: string, from: number, to: number, room: ScannedPrefix): boolean {
  GROUPS.fill(0);
  let count = 0;
  // Groups before the two colons, or -1.
  let before = -1;
  let at = from;
  if (text.charCodeAt(at) === COLON) {
    if (text.charCodeAt(at + 1) !== COLON) return false;
    before = 0;
    at += 2;
  }
  while (at < to && text.charCodeAt(at) !== SLASH) {
    const start = at;
    let group = 0;
    for (; at < to && at < start + 4; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      group = group << 4 | digit;
    }
    if (at === start || count === 8) return false;
    GROUPS[count++] = group;
    if (at === to || text.charCodeAt(at) === SLASH) break;
    if (text.charCodeAt(at++) !== COLON) return false;
    if (text.charCodeAt(at) === COLON) {
      if (before >= 0) return false;
      before = count;
      at++;
    } else if (at >= to || text.charCodeAt(at) === SLASH) {
      return false;
    }
  }
  if (before < 0 ? count !== 8 : count > 7) return false;
  const length = scanLength(text, at, to, 128);
  if (length < 0) return false;
  const gap = before < 0 ? 8 : before;
  for (let group = 0; group < 8; group++) {
    const index = group < gap ? group : group - (8 - count);
    const bits = index >= gap || group < gap ? GROUPS[index]! : 0;
    room.lo[group >> 1] = group % 2 === 0 ? bits << 16 : room.lo[group >> 1]! | bits;
  }
  return finish(room, length);
}

const ZERO = 0x30;
const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const GROUPS = new Uint16Array(8);

/** The prefix length up to the end, all bits without one; -1 when there is something else. */
function scanLength(text: string, from: number, to: number, widthBits: number): number {
  if (from === to) return widthBits;
  const start = from + 1;
  if (text.charCodeAt(from) !== SLASH || start === to || to - start > 3) return -1;
  if (to - start > 1 && text.charCodeAt(start) === ZERO) return -1;
  let length = 0;
  for (let at = start; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    length = 10 * length + digit;
  }
  return length <= widthBits ? length : -1;
}

/** Sets the last address of the prefix; false when the first one has bits below it. */
function finish({ lo, hi }: ScannedPrefix, length: number): boolean {
  for (let word = 0; word < lo.length; word++) {
    const kept = length - 32 * word;
    const host = kept >= 32 ? 0 : kept <= 0 ? 0xffff_ffff : 0xffff_ffff >>> kept;
    if ((lo[word]! & host) !== 0) return false;
    hi[word] = lo[word]! | host;
  }
  return true;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
