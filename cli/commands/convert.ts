/**
 * `kefir convert`: a filter in another syntax.
 *
 * @module
 */

import { Command } from "npm:commander@15.1.0";
import { type Diagnostic, type Filter, FilterError, printFilter, type SyntaxName } from "../../mod.ts";
import { UsageError } from "../exit_code.ts";
import { example, fileArgument, type SyntaxOption, syntaxOption, toSyntaxOption } from "../options.ts";
import { printText } from "../output.ts";
import { readFilter } from "../read_input.ts";

interface ConvertOptions extends SyntaxOption {
  readonly to?: SyntaxName;
}

/** The command. */
export function convertCommand(): Command {
  return new Command("convert")
    .summary("write a filter in another syntax")
    .description(
      "Writes a filter in another syntax. Lists (in @file) become sets. What the syntax cannot say is an error.",
    )
    .addArgument(fileArgument())
    .addOption(toSyntaxOption("--to <syntax>", "required: the syntax to write"))
    .addOption(syntaxOption())
    .addHelpText("after", example("kefir convert examples/web.kefir --to json"))
    .action(convertFile);
}

async function convertFile(file: string, options: ConvertOptions): Promise<void> {
  const { to } = options;
  // Not commander's own check, which would hide a misspelt option.
  if (to === undefined) throw new UsageError("Cannot convert: --to should name a syntax", "such as --to json");
  const { filter } = await readFilter(file, options);
  try {
    printText(printFilter(filter, to));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new FilterError(error.diagnostics.map((one) => placed(one, filter)));
  }
}

/** The diagnostic with the line of its rule: printing knows no file. */
function placed(diagnostic: Diagnostic, filter: Filter): Diagnostic {
  const source = diagnostic.rule === undefined ? undefined : filter.at(diagnostic.rule)?.source;
  if (diagnostic.span !== undefined || source?.line === undefined) return diagnostic;
  const { text, line, file = "rule" } = source;
  return { ...diagnostic, span: { source: file, offset: 0, length: text.length, line, column: 1, lineText: text } };
}
