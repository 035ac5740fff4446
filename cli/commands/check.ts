/**
 * `kefir check`: what is wrong with rule files, all of it.
 *
 * @module
 */

import { Command } from "npm:commander@15.1.0";
import { checkFilter, createCprog, type Filter, FilterError, FilterSyntaxError, type Lint } from "../../mod.ts";
import { EXIT, exitCodeOf } from "../exit_code.ts";
import { example, fileArgument, type SyntaxOption, syntaxOption } from "../options.ts";
import { count, escapeControls, printError, printJson, printLine } from "../output.ts";
import { checkStandardInput, loadWithProgress } from "../read_input.ts";
import { renderDiagnostic } from "../render_diagnostic.ts";
import { reportError } from "../render_error.ts";
import { describeExample, illustrate, renderExample } from "../render_example.ts";

interface CheckOptions extends SyntaxOption {
  readonly strict?: true;
  readonly json?: true;
}

/** The command. */
export function checkCommand(): Command {
  return new Command("check")
    .summary("say all that is wrong with rule files")
    .description(
      "Says all that is wrong with rule files: errors, and warnings about rules that cannot mean what they say, or that " +
        "are easily taken for others, with a packet that shows it.",
    )
    .addArgument(fileArgument("<file...>"))
    .addOption(syntaxOption())
    .option("--strict", "let warnings fail too")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", example("kefir check --strict examples/web.kefir"))
    .action(checkFiles);
}

/** What was found in a file. */
interface Finding {
  readonly file: string;
  readonly exitCode: number;
  readonly filter?: Filter;
  readonly diagnostics: readonly Lint[];
  /** Why the file could not be looked at. */
  readonly error?: unknown;
}

async function checkFiles(files: readonly string[], options: CheckOptions): Promise<void> {
  checkStandardInput(files);
  const findings: Finding[] = [];
  for (const file of files) {
    const found = await checkFile(file, options);
    findings.push(found);
    if (!options.json) report(found);
  }
  if (options.json) printJson({ files: findings.map(describe) });
  // Of several files, what goes wrong first on the way to a program.
  const [first] = findings.map(({ exitCode }) => exitCode).filter((code) => code !== EXIT.ok).sort((a, b) => a - b);
  Deno.exitCode = first ?? EXIT.ok;
}

async function checkFile(file: string, { syntax, strict }: CheckOptions): Promise<Finding> {
  try {
    const { filter, warnings } = await loadWithProgress(file, { syntax });
    const diagnostics = [...warnings, ...findProblems(filter)];
    const failed = diagnostics.some(({ severity }) => strict || severity === "error");
    return { file, filter, diagnostics, exitCode: failed ? EXIT.check : EXIT.ok };
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (exitCode === EXIT.bug) throw error;
    if (error instanceof FilterSyntaxError) return { file, diagnostics: error.diagnostics, exitCode };
    return { file, diagnostics: [], exitCode, error };
  }
}

/** What the checks find, and whether some strategy holds the filter. */
function findProblems(filter: Filter): readonly Lint[] {
  try {
    return createCprog(filter).warnings;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    // A strategy's refusal leaves out what the checks found.
    const found = checkFilter(filter);
    return found.some(({ severity }) => severity === "error") ? found : [...found, ...error.diagnostics];
  }
}

function report({ file, filter, diagnostics, error }: Finding): void {
  for (const { diagnostic, example } of illustrate(diagnostics, filter)) {
    const lines = [renderDiagnostic(diagnostic)];
    if (example !== undefined && filter !== undefined) lines.push(renderExample(example, diagnostic, filter));
    printError(lines.join("\n"));
  }
  if (error !== undefined) reportError(error);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length + (error === undefined ? 0 : 1);
  const warnings = diagnostics.length + (error === undefined ? 0 : 1) - errors;
  const rules = filter === undefined ? "" : `${count(filter.size, "rule")}, default ${filter.defaultAction}, `;
  printLine(`${escapeControls(file)}: ${rules}${count(errors, "error")}, ${count(warnings, "warning")}`);
}

function describe({ file, filter, diagnostics, error }: Finding): unknown {
  return {
    file,
    ...(filter && { rules: filter.size, default: filter.defaultAction }),
    diagnostics: [
      ...illustrate(diagnostics, filter).map(({ diagnostic, example }) => {
        const { severity, code, message, span, hint, rule } = diagnostic;
        return {
          severity,
          code,
          message,
          ...(span && { file: span.source, line: span.line, column: span.column, length: span.length }),
          ...(hint !== undefined && { hint }),
          ...(rule !== undefined && { rule }),
          ...(example && { example: describeExample(example, diagnostic) }),
        };
      }),
      ...(error instanceof Error ? [{ severity: "error", code: "unreadable", message: error.message }] : []),
    ],
  };
}
