/**
 * kefir turns packet-filter rules, written in the syntaxes people already know, into an eBPF program that the kernel has
 * verified, and runs it at XDP or TC.
 *
 * Importing it needs no permission, no libbpf and no clang: each is looked for when it is first used.
 *
 * @example What a filter does with a packet, asked of the reference evaluator
 * ```ts
 * import { evaluate, parseFilter } from "./mod.ts";
 *
 * const { filter } = parseFilter(`
 *   drop ip.src in 10.0.0.0/8 and tcp.dstport in {22, 80..90}
 *   flow-type udp4 dst-port 53 action 0
 *   protocol ip flower ip_proto udp action drop
 * `);
 * const frame = Uint8Array.fromHex(
 *   "ffffffffffff001122334455080045000028000000004006000" +
 *     "00a0102030a0000011234001600000000000000005002000000000000",
 * );
 * console.log(evaluate(filter, { bytes: frame })); // { action: "drop", rule: 0 }
 * ```
 *
 * @module
 */

// Rules and filters.
export type { AnyField, ConcreteField, Field, FieldRow, LayerName, ValueFormat } from "./lib/model/field.ts";
export {
  type HeaderName,
  type Layer,
  LAYERS,
  type MplsLayer,
  type Slice,
  type SliceName,
  type SliceStart,
} from "./lib/model/layers.ts";
export { SLICE_BASES, type SliceBase } from "./lib/model/field_families.ts";
export { bytesForType, FIELDS, findField } from "./lib/model/fields.ts";
export { type Action, findHook, type Hook, type HookName, HOOKS } from "./lib/model/hooks.ts";
export type { ProgramFlags } from "./lib/model/flags.ts";
export { isNegative, isSetOperator, type Operator, OPERATORS } from "./lib/model/operator.ts";
export {
  createMatch,
  type ListOperand,
  type Match,
  type MatchInput,
  type Operand,
  type Range,
  type Ranges,
  type SetOperand,
  type ValueInput,
  type ValueOperand,
} from "./lib/model/match.ts";
export { createRule, type Rule, ruleId, type RuleInput, type RuleSource } from "./lib/model/rule.ts";
export { Filter, type FilterInput, type FilterOptions } from "./lib/model/filter.ts";

export type { Side, Term } from "./lib/model/normal_form.ts";
export type { Demand, Place, Presence, ProtocolPresence } from "./lib/model/places.ts";

// Texts.
export type { SyntaxName } from "./lib/syntax/syntax.ts";
export {
  type ParsedFilter,
  type ParsedRule,
  parseFilter,
  type ParseOptions,
  parseRule,
} from "./lib/syntax/rule_file.ts";
export { printFilter, printMatch, printRule } from "./lib/syntax/print.ts";
export { dumpFilter } from "./lib/syntax/dump.ts";
export type { OnProgress, Progress } from "./lib/diagnostics/progress.ts";
export { loadFilter, type LoadFilterOptions } from "./lib/load_filter.ts";
export {
  type ListOptions,
  type ListReference,
  listReferences,
  resolveLists,
  type Warned,
} from "./lib/syntax/list_file.ts";

// Meaning.
export {
  dissect,
  type Dissection,
  type DissectOptions,
  type ExtensionHeader,
  type Layers,
  type Packet,
} from "./lib/semantics/dissect.ts";
export { evaluate, matchHolds, readField, ruleHolds, type Verdict } from "./lib/semantics/evaluate.ts";
export { checkFilter } from "./lib/analysis/checks.ts";
export { type Example, exampleOf } from "./lib/analysis/example.ts";
export type { Lint } from "./lib/model/problem.ts";
export { checkFlags } from "./lib/analysis/flags.ts";

// Words for people.
export { formatValue, type ValueShape } from "./lib/model/value_text.ts";
export { parseHex } from "./lib/net/bytes.ts";

// Packets.
export type { Capture, CapturedPacket } from "./lib/capture/capture.ts";
export { readCapture } from "./lib/capture/read_capture.ts";
export { encodePcap, type PacketToWrite } from "./lib/capture/write_pcap.ts";

// C, objects, programs: step by step.
export { type MapCommand, type MapCommandOptions, type MapReference, mapUpdateCommands } from "./lib/map_commands.ts";
export { type Cprog, type CprogOptions, createCprog, type MapContents, mapContents } from "./lib/cprog.ts";
export type {
  ClassesFacts,
  ClassesPlaceStep,
  ClassesPlan,
  ClassesStepShape,
  EditableTables,
  InlinePlan,
  InlineRule,
  LinearKind,
  LinearPlan,
  LinearRule,
  LinearStep,
  Plan,
  PlanBase,
  Refusal,
  StrategyChoice,
  StrategyName,
  TableEdit,
  TablePlan,
  TableWrite,
  TupleFacts,
  TuplePlan,
} from "./lib/classify/plan.ts";
export type { KeyLayout, Piece } from "./lib/classify/tuple/layout.ts";
export type { LaneFormat, TupleFormat } from "./lib/classify/tuple/format.ts";
export type { IntervalForm } from "./lib/classify/interval_map/layout.ts";
export type { ClassTable, SetLookup, SetsFacts, SetsPlan } from "./lib/classify/sets/lookup.ts";
export type { CounterPlaces } from "./lib/classify/counters.ts";
export type { Cost } from "./lib/classify/cost.ts";
export { costOf } from "./lib/classify/cost.ts";
export { compareStrategies, type StrategyReport } from "./lib/compare.ts";
export { compile, compileCprog, type CompileCprogOptions, compileCprogToLlvmIr } from "./lib/compile.ts";
export {
  compileC,
  type CompileOptions,
  compileToLlvmIr,
  type LlvmIr,
  type ObjectFile,
} from "./lib/toolchain/compile.ts";
export type { Optimisation } from "./lib/toolchain/clang_arguments.ts";
export { loadCprog, type LoadCprogOptions, LoadedFilter } from "./lib/load.ts";
export {
  type LoadedObject,
  type LoadOptions,
  type OpenObject,
  openObject,
  type OpenObjectOptions,
  type VerifierLogLevel,
} from "./lib/kernel/object.ts";
export type { LoadedObjectParts } from "./lib/kernel/loaded_object.ts";
export type { BpfProgram, ProgramInfo, ProgramType, TestRunOptions, TestRunResult } from "./lib/kernel/program.ts";
export type { BpfMap, MapInfo, MapType, UpdateMode } from "./lib/kernel/map.ts";
export type { PerCpuValues } from "./lib/kernel/per_cpu.ts";
export { applyChange, type Change, type ChangeTier, planChange, swapRules } from "./lib/swap.ts";
export { Replay, type ReplayedVerdict } from "./lib/replay.ts";

export { isKernelAtLeast, type KernelVersion } from "./lib/kernel/kernel_version.ts";

// Measuring.
export { benchFilter, type BenchOptions, type BenchResult } from "./lib/bench/bench_filter.ts";
export type { MeasureOptions } from "./lib/bench/measure.ts";
export type { Trace } from "./lib/bench/trace.ts";
export type { Traffic, TrafficOptions } from "./lib/bench/traffic.ts";

// Attached filters.
export { attach, attachLoadedFilter, Attachment, type AttachOptions } from "./lib/attach.ts";
export type { AttachmentOptions } from "./lib/deploy/attach.ts";
export { detach, detachInterface, type DetachOptions } from "./lib/deploy/detach.ts";
export type { AttachedFilter } from "./lib/deploy/description.ts";
export { type FilterStats, list, type RuleStats, stats } from "./lib/deploy/stats.ts";
export type { DeploymentState } from "./lib/deploy/deployment.ts";
export type { AttachmentKind } from "./lib/deploy/manifest.ts";
export type { Counter } from "./lib/counters.ts";
export type { XdpMode } from "./lib/kernel/xdp.ts";

// Errors, and what is said meanwhile.
export { type Diagnostic, formatPlace, type Severity } from "./lib/diagnostics/diagnostic.ts";
export {
  type LogCallback,
  type LogEntry,
  type LogLevel,
  type LogOptions,
  type LogPart,
  setLog,
} from "./lib/diagnostics/log.ts";
export type { Span } from "./lib/diagnostics/span.ts";
export {
  CompileError,
  type CompileErrorDetails,
  FilterError,
  FilterSyntaxError,
  KernelError,
  type KernelErrorDetails,
  type UnavailableDetails,
  UnavailableError,
  VerifierError,
  type VerifierErrorDetails,
} from "./lib/diagnostics/errors.ts";

/** kefir's version. */
export { VERSION } from "./lib/version.ts";
