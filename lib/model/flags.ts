/**
 * Flags of a program: what it is to do without, for kernels and drivers that take less, and what it says while it runs. They
 * change how a verdict comes about and never which one, but for `noVlan`, which changes what is read of a packet.
 *
 * @module
 */

/** How a program differs from the usual one. */
export interface ProgramFlags {
  /** Every function is in line: no BPF-to-BPF call, and so no callback of bpf_loop. Loops have a bound instead. */
  readonly inlineFunctions: boolean;
  /** No loop, and no bpf_loop: for kernels before 5.3. Loops are unrolled. */
  readonly noLoops: boolean;
  /** No VLAN tag is read: a tag in the frame hides what is behind it, and one in metadata is not looked at. */
  readonly noVlan: boolean;
  /** Each verdict is written to the trace of the kernel, with the rule that decided. */
  readonly printk: boolean;
}

/** The flags of options, false where they are not given. Frozen. */
export function flagsOf(options: { readonly [Flag in keyof ProgramFlags]?: boolean | undefined }): ProgramFlags {
  const { inlineFunctions = false, noLoops = false, noVlan = false, printk = false } = options;
  return Object.freeze({ inlineFunctions, noLoops, noVlan, printk });
}

/** The usual program. */
export const NO_FLAGS: ProgramFlags = flagsOf({});

/** Whether user space maps the tables into its memory, which takes kernel 5.5, to write single records. */
export function isMapped({ noLoops }: ProgramFlags): boolean {
  return !noLoops;
}

/** Names of the flags that are set. */
export function namesOfFlags(flags: ProgramFlags): readonly (keyof ProgramFlags)[] {
  return (Object.keys(NO_FLAGS) as (keyof ProgramFlags)[]).filter((name) => flags[name]);
}
