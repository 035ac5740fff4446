/**
 * `kefir attach`: a filter on an interface.
 *
 * @module
 */

import { Command, Option } from "npm:commander@15.1.0";
import {
  type Action,
  attach,
  type Attachment,
  type AttachmentOptions,
  type ChangeTier,
  type Filter,
  type VerifierLogLevel,
  type XdpMode,
} from "../../mod.ts";
import { checkLockout } from "../lockout.ts";
import {
  addClang,
  addFlags,
  addProgram,
  choice,
  type ClangOptions,
  compileOptions,
  defaultActionOption,
  example,
  fileArgument,
  type FlagOptions,
  type LicenseOption,
  licenseOption,
  programFlags,
  type ProgramOptions,
  type SyntaxOption,
  syntaxOption,
} from "../options.ts";
import { count, escapeControls, printJson, printLine } from "../output.ts";
import { readFilter } from "../read_input.ts";
import { printDiagnostics, printWarnings } from "../render_diagnostic.ts";
import { printVerifierLog, verifierLogOption, withVerifierLog } from "../verifier_log.ts";

interface Options extends SyntaxOption, ProgramOptions, FlagOptions, ClangOptions, LicenseOption {
  readonly mode?: XdpMode;
  readonly tc?: "tcx" | "clsact";
  readonly default?: Action;
  readonly name?: string;
  readonly counters: boolean;
  readonly replace?: true;
  readonly force?: true;
  readonly dryRun?: true;
  readonly verifierLog?: VerifierLogLevel;
  readonly json?: true;
}

const MODES: Readonly<Record<XdpMode, true>> = { native: true, generic: true, offload: true };

/** The command. */
export function attachCommand(): Command {
  const command = new Command("attach")
    .summary("put a filter on an interface")
    .description(
      "Puts a filter on an interface, where it stays until kefir detach. A failure leaves what was there before.",
    )
    .argument("<iface>", "the network interface, by name or number")
    .addArgument(fileArgument())
    .addOption(syntaxOption());
  addFlags(addProgram(command))
    .addOption(choice("--mode <mode>", "xdp: who runs the program (default: native)", MODES))
    .addOption(new Option("--tc <kind>", "tc: what holds the program (default: tcx where the kernel has it)").choices([
      "tcx",
      "clsact",
    ]))
    .addOption(defaultActionOption())
    .option("--name <name>", "name to find it by (default: IFACE-HOOK)")
    .option("--replace", "replace kefir's own filter at the hook, without a gap")
    .addOption(licenseOption())
    .option("--no-counters", "leave out what counts the packets and bytes of each rule")
    .option("--force", "xdp: remove a program that is not kefir's first");
  return addClang(command)
    .option("--dry-run", "go as far as the verifier, and attach nothing")
    .addOption(verifierLogOption())
    .option("--json", "print what was attached as JSON")
    .addHelpText("after", example("kefir attach eth0 examples/web.kefir --mode generic"))
    .action(attachFile);
}

async function attachFile(iface: string, file: string, options: Options): Promise<void> {
  const { filter } = await readFilter(file, options);
  overrideDefault(filter, file, options.default);
  printDiagnostics(checkLockout(filter, options.hook));
  const logLevel = options.verifierLog ?? 0;
  const attachment = await withVerifierLog(logLevel, () =>
    attach(filter, {
      ...attachmentOptions(iface, options),
      ...compileOptions(options),
      hook: options.hook,
      strategy: options.strategy,
      counts: options.counters,
      ...programFlags(options),
      ...(options.license !== undefined && { license: options.license }),
      logLevel,
      dryRun: options.dryRun ?? false,
    }));
  printWarnings(attachment.cprog.warnings);
  if (logLevel > 0) printVerifierLog(attachment.verifierLog);
  const { description, tier } = attachment;
  if (options.json) printJson({ ...description, ...(tier !== undefined && { tier }) });
  else printAttachment(attachment, options);
}

function attachmentOptions(iface: string, { mode, tc, name, replace, force }: Options): AttachmentOptions {
  return {
    interface: iface,
    ...(mode !== undefined && { mode }),
    ...(tc !== undefined && { tc }),
    ...(name !== undefined && { name }),
    replace: replace ?? false,
    force: force ?? false,
  };
}

function overrideDefault(filter: Filter, file: string, action: Action | undefined): void {
  if (action === undefined || action === filter.defaultAction) return;
  const message = `--default ${action} wins over the default of "${file}", which is ${filter.defaultAction}`;
  printDiagnostics([{ severity: "warning", code: "default-overridden", message }]);
  filter.defaultAction = action;
}

/** What a replacement took. */
const TIERS: Readonly<Record<ChangeTier, string>> = {
  data: "data swap: other tables for the program that runs",
  reload: "reload: the same object, no clang",
  compile: "compile: another object",
};

function printAttachment({ description, cprog, cached, tier }: Attachment, { dryRun }: Options): void {
  const { name, hook, kind, mode, strategy, rules, defaultAction } = description;
  const how = mode === undefined ? kind : `${kind} ${mode}`;
  const what = tier === undefined ? "attach" : "replace";
  const done = dryRun ? `Would ${what}` : { attach: "Attached", replace: "Replaced" }[what];
  const where = `${tier === undefined ? "to" : "at"} ${hook} of ${escapeControls(description.interface)} (${how})`;
  printLine(`${done} "${name}" ${where}`);
  if (tier !== undefined) printLine(`  ${TIERS[tier]}`);
  printLine(`  ${count(rules, "rule")}, default ${defaultAction}`);
  printLine(`  strategy ${strategy}: ${cprog.plan.reason}${cached ? "; object from the cache" : ""}`);
  if (dryRun) return;
  if (cprog.counts) printLine(`  see it work: kefir stats ${name}`);
  printLine(`  take it off: kefir detach ${name}`);
}
