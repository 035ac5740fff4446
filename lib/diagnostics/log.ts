/**
 * A log for whoever asks for one: every part says here what it does and finds. Nobody is told unless {@link setLog} was
 * called, and nothing depends on it.
 *
 * @module
 */

import { type Diagnostic, formatPlace } from "./diagnostic.ts";

/** `debug`: each step; `info`: what was done and decided; `warn`: what is worth a look. */
export type LogLevel = "debug" | "info" | "warn";

/** Who says it, by the folder of its code. */
export type LogPart =
  | "syntax"
  | "capture"
  | "analysis"
  | "classify"
  | "codegen"
  | "toolchain"
  | "kernel"
  | "deploy"
  | "bench";

/** What is said. Frozen. */
export interface LogEntry {
  /** How much it matters. */
  readonly level: LogLevel;
  /** Who says it. */
  readonly part: LogPart;
  /** One line, or what a tool wrote in several. It may hold text of users and tools: a terminal wants it escaped. */
  readonly message: string;
  /** What it is about, for programs: such as `diagnostic`, `command`, `verifierLog`. Names are stable, presence is not. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Is told what happens, at once and in order. */
export type LogCallback = (entry: LogEntry) => void;

/** How much {@link setLog} tells. */
export interface LogOptions {
  /** What matters less is left out; `debug`, which is everything, unless given. */
  readonly level?: LogLevel;
}

/** How one part says something. */
export interface Log {
  /** Each step. */
  debug(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** What was done or decided. */
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** What is worth a look. */
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn"];

let listener: { readonly callback: LogCallback; readonly level: number } | undefined;
let isTelling = false;

/**
 * Tells `callback` from now on what kefir does, in this thread; with `undefined` nobody is told, as at first. There is one
 * callback: another call replaces it.
 *
 * It is called synchronously, between the steps that it is told about, with locks held and programs half attached. So what it
 * throws is dropped, and what it calls of kefir is not logged: nothing that it does can leave something half done. It should
 * be quick, and not wait. At `debug` libbpf's own messages are logged too; meanwhile libbpf in other threads of this process
 * waits for this one's event loop.
 *
 * @throws RangeError for a level that does not exist
 */
export function setLog(callback: LogCallback | undefined, options: LogOptions = {}): void {
  const level = LEVELS.indexOf(options.level ?? "debug");
  if (level < 0) throw new RangeError(`Cannot log the level "${options.level}": levels are ${LEVELS.join(", ")}`);
  listener = callback === undefined ? undefined : { callback, level };
}

/** Whether anybody is told what is said at a level: for what takes an effort to say. */
export function isLogged(level: LogLevel): boolean {
  return listener !== undefined && LEVELS.indexOf(level) >= listener.level;
}

/** The log of one part. */
export function logOf(part: LogPart): Log {
  const at = (level: LogLevel) => (message: string, details: Readonly<Record<string, unknown>> = {}): void => {
    if (isLogged(level)) tell(Object.freeze({ level, part, message, details: Object.freeze({ ...details }) }));
  };
  return Object.freeze({ debug: at("debug"), info: at("info"), warn: at("warn") });
}

/** Says a finding, with its place; its details have it as `diagnostic`. */
export function logDiagnostics(log: Log, diagnostics: readonly Diagnostic[]): void {
  if (!isLogged("warn")) return;
  for (const diagnostic of diagnostics) {
    const place = formatPlace(diagnostic);
    log.warn(`${place === undefined ? "" : `${place}: `}${diagnostic.message} (${diagnostic.code})`, { diagnostic });
  }
}

function tell(entry: LogEntry): void {
  if (isTelling) return;
  isTelling = true;
  try {
    listener?.callback(entry);
  } catch {
    // Whoever is told must not be able to stop what he is told about.
  } finally {
    isTelling = false;
  }
}
