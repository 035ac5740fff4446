/**
 * Fills C templates. Directives are comment lines, so that editors and clang-format still read the file:
 *
 *     //% include kefir/bytes.h     the text of another template, filled with the same values
 *     //% if NAME ... //% end       kept when the value is true, or a list that is not empty; may have an //% else
 *     //% each NAME ... //% end     repeated for each element, whose values come before the outer ones
 *
 * and `NAME` in a comment that opens with `/*=` is a hole: a text or a number.
 *
 * Names that are not bound throw, and so do values that no template asks for: both are slips of the one who wrote them.
 *
 * @module
 */

/** What a name may be bound to. */
export type TemplateValue = string | number | boolean | readonly TemplateScope[];

/** Names and what they are bound to. */
export interface TemplateScope {
  readonly [name: string]: TemplateValue;
}

/**
 * The text of a template with its holes filled.
 *
 * @param read gives the text of an included template
 * @throws Error for an unbound name, an unused one, or a directive that is not closed
 */
export function fillTemplate(template: string, values: TemplateScope, read: (name: string) => string): string {
  const used = new Set<string>();
  const text = fill(parse(template, read), [values], used);
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`Cannot fill the template: nothing asks for ${unused.join(", ")}`);
  return text;
}

type Node =
  | { readonly kind: "line"; readonly text: string }
  | Block;

interface Block {
  readonly kind: "if" | "each";
  readonly name: string;
  readonly body: Node[];
  /** What stands behind `else`. */
  readonly otherwise: Node[];
}

function parse(template: string, read: (name: string) => string): readonly Node[] {
  const root: Node[] = [];
  const open: { readonly block: Block; inElse: boolean }[] = [];
  const visit = (text: string): void => {
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const directive = /^\s*\/\/% (\w+) ?(\S*)$/.exec(line);
      const inner = open.at(-1);
      const body = inner === undefined ? root : inner.inElse ? inner.block.otherwise : inner.block.body;
      if (directive === null) {
        body.push({ kind: "line", text: line });
        continue;
      }
      const [, verb, name = ""] = directive;
      if (verb === "include") {
        visit(read(name));
      } else if (verb === "if" || verb === "each") {
        const block: Block = { kind: verb, name, body: [], otherwise: [] };
        body.push(block);
        open.push({ block, inElse: false });
      } else if (verb === "else" && inner?.block.kind === "if" && !inner.inElse) {
        inner.inElse = true;
      } else if (verb === "end" && inner !== undefined) {
        open.pop();
      } else {
        throw new Error(`Cannot read the template: the directive "${line.trim()}" is unknown or misplaced`);
      }
    }
  };
  visit(template);
  if (open.length > 0) throw new Error(`Cannot read the template: "${open.at(-1)?.block.name}" is not closed`);
  return root;
}

function fill(nodes: readonly Node[], scopes: readonly TemplateScope[], used: Set<string>): string {
  let text = "";
  for (const node of nodes) {
    if (node.kind === "line") {
      text += node.text.replaceAll(/\/\*= (\w+) \*\//g, (_, name: string) => hole(name, scopes, used)) + "\n";
      continue;
    }
    const value = lookUp(node.name, scopes, used);
    if (node.kind === "if") {
      const kept = Array.isArray(value) ? value.length > 0 : Boolean(value);
      text += fill(kept ? node.body : node.otherwise, scopes, used);
    } else {
      if (!Array.isArray(value)) throw new Error(`Cannot fill the template: "${node.name}" is not a list`);
      for (const element of value as readonly TemplateScope[]) text += fill(node.body, [element, ...scopes], used);
    }
  }
  return text;
}

function hole(name: string, scopes: readonly TemplateScope[], used: Set<string>): string {
  const value = lookUp(name, scopes, used);
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error(`Cannot fill the template: "${name}" is neither text nor number`);
}

function lookUp(name: string, scopes: readonly TemplateScope[], used: Set<string>): TemplateValue {
  const scope = scopes.find((one) => Object.hasOwn(one, name));
  if (scope === undefined) throw new Error(`Cannot fill the template: "${name}" is not bound`);
  used.add(name);
  return scope[name] as TemplateValue;
}
