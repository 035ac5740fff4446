/**
 * The license that a program declares: the kernel lets some of its functions be called by GPL-compatible programs only.
 *
 * @module
 */

/** What programs declare unless they are told otherwise. */
export const DEFAULT_LICENSE = "Dual BSD/GPL";

/** libbpf keeps 64 bytes, a zero among them (lib/bpf/libbpf.c, struct bpf_object). */
const LONGEST_LICENSE = 63;

/** Those that the kernel takes for GPL-compatible, letter by letter (include/linux/license.h). */
const GPL_COMPATIBLE: readonly string[] = [
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
];

/** Whether a program that declares it may call what the kernel has for GPL-compatible programs. */
export function isGplCompatible(license: string): boolean {
  return GPL_COMPATIBLE.includes(license);
}

/**
 * Gives back a license that a program can declare.
 *
 * @param calls what the program is to call that is for GPL-compatible programs, such as `bpf_trace_printk`; nothing unless given
 * @throws RangeError for one that is too long, is not printable ASCII, or keeps the program from what it calls
 */
export function checkLicense(license: string, calls?: string): string {
  if (!/^[\x20-\x7e]*$/.test(license) || license.trim() === "" || license.length > LONGEST_LICENSE) {
    throw new RangeError(
      `Cannot declare the license ${
        JSON.stringify(license)
      }: it should be 1 to ${LONGEST_LICENSE} printable ASCII characters`,
    );
  }
  if (calls !== undefined && !isGplCompatible(license)) {
    const known = GPL_COMPATIBLE.map((one) => `"${one}"`).join(", ");
    throw new RangeError(
      `Cannot declare the license "${license}" of a program that calls ${calls}: the kernel has that for ${known} only`,
    );
  }
  return license;
}
