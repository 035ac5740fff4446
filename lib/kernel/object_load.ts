/**
 * The step from an open object to a loaded one, with the verifier's log.
 *
 * @module
 */

import { type KernelError, UnavailableError, VerifierError } from "../diagnostics/errors.ts";
import { isLogged, logOf } from "../diagnostics/log.ts";
import { duplicateDescriptor } from "./descriptor.ts";
import { errnoName } from "./errno.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { collectMessages } from "./ffi/messages.ts";
import { type Handle, readCString } from "./ffi/memory.ts";
import { mapHandles, programHandles, programName } from "./ffi/object_handles.ts";
import { checkReturn, type KernelCall, kernelError } from "./gate.ts";
import { formatInterface } from "./interface.ts";
import { LoadedObject } from "./loaded_object.ts";
import { adoptMap, type BpfMap } from "./map.ts";
import { adoptProgram, type BpfProgram } from "./program.ts";
import { sourceLineOfVerifierLog, summariseVerifierLog } from "./verifier_log.ts";

/** Bits of `log_level` (linux/bpf_verifier.h, BPF_LOG_LEVEL1, BPF_LOG_LEVEL2, BPF_LOG_STATS). */
export type VerifierLogLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** How an object is loaded. */
export interface LoadOptions {
  /**
   * What the verifier writes of a program that it accepts: 0 nothing, 1 what it found out about functions, and statistics, 2
   * each instruction and state it went through as well, 4 statistics alone. A refusal always has a log.
   */
  readonly logLevel?: VerifierLogLevel;
}

/** What {@link loadObject} loads. */
export interface LoadSource {
  /** The open object, which is closed by loading. */
  readonly handle: Handle;
  /** Opens it once more, for a second attempt: libbpf loads a handle once only. */
  readonly reopen: () => Handle;
  /** What the object is called. */
  readonly name: string;
  /** Names of its maps in the order of the file. */
  readonly mapNames: readonly string[];
  /** The interface into whose hardware it goes, if any. */
  readonly ifindex?: number;
}

// A log that does not fit replaces the verifier's error by ENOSPC. Memory that is not written to costs nothing.
const FIRST_LOG_BYTES = 16 << 20;
const LAST_LOG_BYTES = 256 << 20;
const ENOSPC = 28;

/** Loads an object and closes its handle; see {@link OpenObject.load}. */
export function loadObject(source: LoadSource, options: LoadOptions): LoadedObject {
  const level = checkLevel(options.logLevel ?? 0);
  let logBytes = FIRST_LOG_BYTES;
  let withMessages = isLogged("debug");
  for (let handle = source.handle;; handle = source.reopen()) {
    try {
      const { returned, logs, messages } = loadHandle(handle, { level, logBytes, withMessages });
      if (returned >= 0) return told(adoptAll(handle, source, logs));
      if (returned === -ENOSPC && logBytes < LAST_LOG_BYTES) logBytes *= 4;
      // Not the verifier: libbpf can say what it was.
      else if (!withMessages && logs.every((log) => log.text === "")) withMessages = true;
      else throw loadError(-returned, source, logs, messages);
    } finally {
      // Frees what libbpf holds; programs and maps live on by the descriptors that were duplicated.
      libbpf().bpf_object__close(handle);
    }
  }
}

const log = logOf("kernel");

function told(loaded: LoadedObject): LoadedObject {
  const { verifierLog } = loaded;
  for (const { name, id, type } of loaded.programs()) {
    log.info(`loaded program "${name}", id ${id}`, { name, id, type, ...(verifierLog !== "" && { verifierLog }) });
  }
  for (const { name, id } of loaded.maps()) log.debug(`made map "${name}", id ${id}`, { name, id });
  return loaded;
}

function checkLevel(level: number): number {
  if (Number.isInteger(level) && level >= 0 && level <= 7) return level;
  throw new RangeError(`Cannot use the verifier's log level ${level}: it should be 0 to 7`);
}

interface Attempt {
  readonly returned: number;
  readonly logs: readonly ProgramLog[];
  readonly messages: readonly string[];
}

interface ProgramLog {
  readonly program: string;
  readonly text: string;
}

function loadHandle(
  handle: Handle,
  { level, logBytes, withMessages }: { level: number; logBytes: number; withMessages: boolean },
): Attempt {
  const programs = programHandles(handle);
  // libbpf keeps the addresses until the object is closed; `buffers` outlives that, as it is read after the load and
  // nothing is loaded between then and the close.
  const buffers = programs.map(() => new Uint8Array(logBytes));
  programs.forEach((program, index) => {
    const call = { operation: "bpf_program__set_log_buf", action: "prepare", target: `"${programName(program)}"` };
    checkReturn(libbpf().bpf_program__set_log_buf(program, buffers[index]!, BigInt(logBytes)), call);
    checkReturn(libbpf().bpf_program__set_log_level(program, level), call);
  });
  const load = (): number => libbpf().bpf_object__load(handle);
  const { result, messages } = withMessages ? collectMessages(load) : { result: load(), messages: [] };
  const logs = programs.map((program, index) => ({
    program: programName(program),
    text: readCString(buffers[index]!),
  }));
  return { returned: result, logs, messages };
}

function adoptAll(handle: Handle, source: LoadSource, logs: readonly ProgramLog[]): LoadedObject {
  const programs: BpfProgram[] = [];
  const maps: BpfMap[] = [];
  try {
    for (const program of programHandles(handle)) {
      const name = programName(program);
      programs.push(adoptProgram(duplicateDescriptor(libbpf().bpf_program__fd(program), `program "${name}"`), name));
    }
    for (const [index, map] of mapHandles(handle).entries()) {
      const name = source.mapNames[index]!;
      maps.push(adoptMap(duplicateDescriptor(libbpf().bpf_map__fd(map), `map "${name}"`), name));
    }
  } catch (error) {
    for (const owned of [...programs, ...maps]) owned[Symbol.dispose]();
    throw error;
  }
  return new LoadedObject({ name: source.name, programs, maps, verifierLog: logs.map((log) => log.text).join("") });
}

function loadError(errno: number, source: LoadSource, logs: readonly ProgramLog[], messages: readonly string[]): Error {
  const call: KernelCall = {
    operation: "bpf_object__load",
    action: "load",
    target: `"${source.name}"`,
    messages,
    hints: source.ifindex === undefined ? {} : OFFLOAD_HINTS,
  };
  // Programs are loaded in order, and the refused one is the last that got to write a log.
  const refused = logs.findLast((log) => log.text !== "");
  if (refused === undefined) {
    const error = kernelError(errno, call);
    return source.ifindex === undefined ? error : offloadError(source.ifindex, source.name, error);
  }
  log.warn(`the verifier refused "${refused.program}"`, { name: refused.program, verifierLog: refused.text });
  const reason = summariseVerifierLog(refused.text) || `the verifier gave no reason, only ${errnoName(errno)}`;
  const line = sourceLineOfVerifierLog(refused.text);
  const at = line === undefined ? "" : ` (at "${line}")`;
  return new VerifierError(`Cannot load program "${refused.program}": the verifier refused it, ${reason}${at}`, {
    operation: call.operation,
    errno,
    errnoName: errnoName(errno),
    target: refused.program,
    program: refused.program,
    log: refused.text,
    summary: reason,
  });
}

/** The kernel's answer where nobody takes programs into hardware, before any driver or verifier has looked at them. */
const NO_DRIVER = ["EINVAL", "EOPNOTSUPP"];
const OFFLOAD_HINTS = { ENODEV: "there is no such interface" };

/** The error for an object that is not taken into the hardware of an interface. */
function offloadError(ifindex: number, name: string, error: KernelError | UnavailableError): Error {
  if (error instanceof UnavailableError || !NO_DRIVER.includes(error.errnoName)) return error;
  const remedy = "use --mode native or generic, which run on this machine's processors";
  const target = formatInterface(ifindex);
  return new UnavailableError(
    `Cannot load "${name}" into the hardware of ${target}: its driver takes no programs (${remedy})`,
    { missing: "hardware offload", neededBy: `the mode offload on ${target}`, remedy, cause: error },
  );
}
