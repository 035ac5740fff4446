/**
 * Finds the reason in the kernel verifier's log.
 *
 * @module
 */

/**
 * The line or two of a verifier log that say why the program was refused, as one line: the last text that is neither an
 * instruction, a source line, a register state nor a statistic. Empty when there is none.
 */
export function summariseVerifierLog(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  let end = lines.length;
  while (end > 0 && !isReason(lines[end - 1]!)) end--;
  let start = end;
  while (start > 0 && isReason(lines[start - 1]!) && end - start < 2) start--;
  return lines.slice(start, end).join(": ");
}

/** The C line that the refused instruction came from, when the log has one: the last one before the reason. */
export function sourceLineOfVerifierLog(log: string): string | undefined {
  const lines = log.split("\n").filter((line) => /^\s*;/.test(line));
  // Newer kernels add ` @ FILE:LINE`; C that went through a pipe has no file.
  return lines.at(-1)?.replace(/^\s*;\s*/, "").replace(/@ <stdin>:(\d+)$/, "@ line $1").trim() || undefined;
}

const NOISE: readonly RegExp[] = [
  /^$/,
  // Source line, with line information.
  /^;/,
  // `12: (71) r0 = *(u8 *)(r1 +0)`, `12: R0=...`, `12: frame1: ...`
  /^\d+: /,
  // `R0=scalar() R1=ctx()`: a state; `R2 offset is outside of the packet` is a reason.
  /^(frame\d+: ?)?R\d+(_[rwdDP]+)?=/,
  // What it compares when it finds an infinite loop, whose line stands before.
  /^(cur|old) state:/,
  /^(from \d+ to \d+|mark_precise:|last_idx|regs=|parent |returning from callee|caller:|callee:|to caller at|func#)/,
  /^(processed \d+ insns|verification time|stack depth|peak_states|live regs|Live regs|propagating|safe$)/,
  /^(Validating|Func#|arg#\d+ reference type|reg type unsupported for arg#)/,
  /^BEGIN PROG LOAD LOG|^-- (BEGIN|END)/,
];

function isReason(line: string): boolean {
  return !NOISE.some((noise) => noise.test(line));
}
