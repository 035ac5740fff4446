/**
 * The version of the running kernel. For messages and documentation: what a kernel can do is better probed.
 *
 * @module
 */

/** A kernel version. */
export interface KernelVersion {
  /** First number. */
  readonly major: number;
  /** Second number. */
  readonly minor: number;
  /** Third number, 0 when there is none. */
  readonly patch: number;
}

/** Reads a release such as `6.18.44-fc-v595` or `5.15`. @throws TypeError when it does not begin with a version */
export function parseKernelVersion(release: string): KernelVersion {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release);
  if (match === null) throw new TypeError(`Cannot read kernel release ${JSON.stringify(release)}: no version in it`);
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** Version of the running kernel; needs the permission `--allow-sys=osRelease`. */
export function kernelVersion(): KernelVersion {
  return parseKernelVersion(Deno.osRelease());
}

/** Whether a version, the running kernel's unless given, is `major.minor` or later. */
export function isKernelAtLeast(major: number, minor: number, version: KernelVersion = kernelVersion()): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
