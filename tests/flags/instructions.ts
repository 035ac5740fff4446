/**
 * Reads the instructions of an object file: what a program calls and where it jumps, whatever its C says.
 *
 * @module
 */

/** What a program does that a flag can rule out. */
export interface Instructions {
  /** Calls of functions of its own, and references to them, such as a callback's (linux/bpf.h, BPF_PSEUDO_CALL and _FUNC). */
  readonly ownCalls: number;
  /** Edges that close a circle, as the verifier finds them (check_cfg). A jump back that closes none is no loop. */
  readonly backEdges: number;
  /** Jumps that compare 32 bits, which came with kernel 5.1. */
  readonly jumps32: number;
  /** Numbers of the helpers that are called, in order, each once (linux/bpf.h, enum bpf_func_id). */
  readonly helpers: readonly number[];
}

/** bpf_trace_printk. */
export const TRACE_PRINTK = 6;
/** bpf_loop, kernel 5.17. */
export const BPF_LOOP = 181;
/** bpf_xdp_get_buff_len, bpf_xdp_load_bytes and bpf_xdp_store_bytes, kernel 5.18. */
export const OF_FRAGS: readonly number[] = [188, 189, 190];

/** What the instructions of a relocatable object do (elf.h; linux/bpf.h, struct bpf_insn; Documentation/bpf/standardization). */
export function readInstructions(elf: Uint8Array): Instructions {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const helpers = new Set<number>();
  let ownCalls = functionReferences(view);
  let backEdges = 0;
  let jumps32 = 0;
  for (const section of executableSections(view)) {
    const successors: number[][] = [];
    for (let at = section.start; at < section.end; at += 8) {
      const { code, source, offset, immediate } = readInstruction(view, at);
      const index = (at - section.start) / 8;
      const operation = code & 0xf0;
      if ((code & 0x07) === JMP32) jumps32++;
      const isJump = (code & 0x07) === JMP || (code & 0x07) === JMP32;
      if (code === LOAD_64) {
        successors[index] = [index + 2];
        if (source === PSEUDO_FUNC) ownCalls++;
        at += 8;
      } else if (isJump && operation === CALL) {
        successors[index] = [index + 1];
        if (source === PSEUDO_CALL) ownCalls++;
        else helpers.add(immediate);
      } else if (isJump && operation === EXIT) {
        successors[index] = [];
      } else if (isJump) {
        // An unconditional jump of 32 bits has its distance in the immediate.
        const target = index + 1 + (code === (JMP32 | ALWAYS) ? immediate : offset);
        successors[index] = operation === ALWAYS ? [target] : [index + 1, target];
      } else {
        successors[index] = [index + 1];
      }
    }
    backEdges += countBackEdges(successors);
  }
  return { ownCalls, backEdges, jumps32, helpers: [...helpers].sort((one, other) => one - other) };
}

function readInstruction(view: DataView, at: number) {
  return {
    code: view.getUint8(at),
    source: view.getUint8(at + 1) >> 4,
    offset: view.getInt16(at + 2, true),
    immediate: view.getInt32(at + 4, true),
  };
}

/** Edges to what is on the way to them. Goes deep by a list of its own: a program is thousands of instructions long. */
function countBackEdges(successors: readonly (readonly number[] | undefined)[]): number {
  const state = new Uint8Array(successors.length);
  const [onTheWay, done] = [1, 2];
  let found = 0;
  for (const [first] of successors.entries()) {
    if (successors[first] === undefined || state[first] !== 0) continue;
    const way = [{ index: first, next: 0 }];
    state[first] = onTheWay;
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const next = successors[top.index]?.[top.next++];
      if (next === undefined) {
        state[top.index] = done;
        way.pop();
      } else if (state[next] === onTheWay) {
        found++;
      } else if (state[next] === 0) {
        state[next] = onTheWay;
        way.push({ index: next, next: 0 });
      }
    }
  }
  return found;
}

const LOAD_64 = 0x18;
const JMP = 0x05;
const JMP32 = 0x06;
const ALWAYS = 0x00;
const CALL = 0x80;
const EXIT = 0x90;
const PSEUDO_CALL = 1;
const PSEUDO_FUNC = 4;

interface Section {
  readonly type: number;
  readonly executable: boolean;
  readonly start: number;
  readonly end: number;
  readonly link: number;
  readonly info: number;
}

function sectionsOf(view: DataView): readonly Section[] {
  const headers = Number(view.getBigUint64(40, true));
  const headerBytes = view.getUint16(58, true);
  return Array.from({ length: view.getUint16(60, true) }, (_, index) => {
    const at = headers + index * headerBytes;
    const start = Number(view.getBigUint64(at + 24, true));
    return {
      type: view.getUint32(at + 4, true),
      executable: (view.getBigUint64(at + 8, true) & 4n) !== 0n,
      start,
      end: start + Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
    };
  });
}

function executableSections(view: DataView): readonly Section[] {
  return sectionsOf(view).filter(({ executable }) => executable);
}

/** SHT_REL. */
const RELOCATIONS = 9;
/** R_BPF_64_64: of a 64-bit load. */
const OF_LOAD = 1;

/** Loads whose relocation is against code, the address of a function: the loader makes BPF_PSEUDO_FUNC of them. */
function functionReferences(view: DataView): number {
  const sections = sectionsOf(view);
  let count = 0;
  for (const { type, start, end, link, info } of sections) {
    if (type !== RELOCATIONS || !sections[info]!.executable) continue;
    for (let at = start; at < end; at += 16) {
      const relocation = view.getBigUint64(at + 8, true);
      if (Number(relocation & 0xffffffffn) !== OF_LOAD) continue;
      const symbol = sections[link]!.start + 24 * Number(relocation >> 32n);
      if (sections[view.getUint16(symbol + 6, true)]?.executable) count++;
    }
  }
  return count;
}
