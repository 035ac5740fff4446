/** Capture files made by hand, field by field, in either byte order. */

/** How {@link buildPcap} and the blocks of pcapng are written. */
export interface BuildOptions {
  readonly littleEndian?: boolean;
}

/** A field of a file: bytes, or an integer and its width in bits. */
export type Part = Uint8Array | readonly [value: number | bigint, widthBits: 8 | 16 | 32 | 64];

/** The bytes of fields, one after the other. */
export function bytesOf(parts: readonly Part[], { littleEndian = true }: BuildOptions = {}): Uint8Array<ArrayBuffer> {
  const chunks = parts.map((part) => part instanceof Uint8Array ? part : integer(part, littleEndian));
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A frame of a length, in which every byte tells its place. */
export function frame(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (index + seed) & 0xff);
}

/** What differs between pcap files. */
export interface PcapOptions extends BuildOptions {
  readonly magic?: number;
  readonly majorVersion?: number;
  readonly linkType?: number;
  /** What Kuznetzov's records have after the usual header. */
  readonly recordSuffix?: Uint8Array;
}

/** A pcap file of records, each at second 1 with the fraction given. */
export function buildPcap(
  records: readonly { bytes: Uint8Array; fraction?: number; capturedLength?: number; originalLength?: number }[],
  options: PcapOptions = {},
): Uint8Array<ArrayBuffer> {
  const { magic = 0xa1b2c3d4, majorVersion = 2, linkType = 1, recordSuffix = new Uint8Array(0) } = options;
  const header: Part[] = [[magic, 32], [majorVersion, 16], [4, 16], [0, 32], [0, 32], [262144, 32], [linkType, 32]];
  const body = records.flatMap(({ bytes, fraction = 0, capturedLength, originalLength }): Part[] => [
    [1, 32],
    [fraction, 32],
    [capturedLength ?? bytes.length, 32],
    [originalLength ?? bytes.length, 32],
    recordSuffix,
    bytes,
  ]);
  return bytesOf([...header, ...body], options);
}

/** A block of pcapng, its body padded to 32 bits. */
export function block(type: number, body: readonly Part[], options: BuildOptions = {}): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf(body, options);
  const padding = new Uint8Array((4 - bytes.length % 4) % 4);
  const total = 12 + bytes.length + padding.length;
  return bytesOf([[type, 32], [total, 32], bytes, padding, [total, 32]], options);
}

/** A section header block. */
export function sectionHeader(
  options: BuildOptions & { readonly majorVersion?: number } = {},
): Uint8Array<ArrayBuffer> {
  const body: Part[] = [[0x1a2b3c4d, 32], [options.majorVersion ?? 1, 16], [0, 16], [0xffff_ffff_ffff_ffffn, 64]];
  return block(0x0a0d0d0a, body, options);
}

/** An option of a block, padded. */
export function option(code: number, value: readonly Part[], options: BuildOptions = {}): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf(value, options);
  return bytesOf([[code, 16], [bytes.length, 16], bytes, new Uint8Array((4 - bytes.length % 4) % 4)], options);
}

/** An interface description block. */
export function interfaceDescription(
  options: BuildOptions & { readonly linkType?: number; readonly snapLength?: number; readonly options?: Part[] } = {},
): Uint8Array<ArrayBuffer> {
  const body: Part[] = [[options.linkType ?? 1, 16], [0, 16], [options.snapLength ?? 0, 32], ...options.options ?? []];
  return block(1, body, options);
}

/** An enhanced packet block. */
export function enhancedPacket(
  bytes: Uint8Array,
  options: BuildOptions & {
    readonly interfaceId?: number;
    readonly ticks?: bigint;
    readonly capturedLength?: number;
    readonly originalLength?: number;
  } = {},
): Uint8Array<ArrayBuffer> {
  const ticks = options.ticks ?? 0n;
  return block(6, [
    [options.interfaceId ?? 0, 32],
    [ticks >> 32n, 32],
    [ticks & 0xffff_ffffn, 32],
    [options.capturedLength ?? bytes.length, 32],
    [options.originalLength ?? bytes.length, 32],
    bytes,
  ], options);
}

function integer([value, widthBits]: readonly [number | bigint, number], littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(widthBits / 8);
  let rest = BigInt.asUintN(widthBits, BigInt(value));
  for (let index = 0; index < bytes.length; index++) {
    bytes[littleEndian ? index : bytes.length - 1 - index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
