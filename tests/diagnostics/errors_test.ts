import assert from "node:assert/strict";
import { assertNever } from "../../lib/diagnostics/assert_never.ts";
import { type Diagnostic, formatPlace } from "../../lib/diagnostics/diagnostic.ts";
import {
  CompileError,
  FilterError,
  FilterSyntaxError,
  KernelError,
  UnavailableError,
  VerifierError,
} from "../../lib/diagnostics/errors.ts";
import { SourceText } from "../../lib/diagnostics/span.ts";

const source = new SourceText("web.kefir", "drop ip.src == x\ndrop y\n");
const first: Diagnostic = {
  severity: "error",
  code: "bad-value",
  message: `"x" is not an IPv4 address`,
  span: source.span(15, 1),
  hint: "such as 192.0.2.1",
};
const second: Diagnostic = {
  severity: "error",
  code: "unknown-field",
  message: "there is no field",
  span: source.span(22, 1),
};
const warned: Diagnostic = { severity: "warning", code: "host-bits", message: "bits below the mask" };

Deno.test("formatPlace() gives file, line and column, or undefined without a span", () => {
  assert.equal(formatPlace(first), "web.kefir:1:16");
  assert.equal(formatPlace(warned), undefined);
});

Deno.test("FilterSyntaxError has every error, and the place of the first", () => {
  const error = new FilterSyntaxError([first, second]);
  assert.ok(error instanceof SyntaxError);
  assert.equal(error.name, "FilterSyntaxError");
  assert.deepEqual(error.diagnostics, [first, second]);
  assert.ok(Object.isFrozen(error.diagnostics));
  assert.deepEqual([error.source, error.line, error.column, error.offset], ["web.kefir", 1, 16, 15]);
  assert.equal(error.expected, "such as 192.0.2.1");
  assert.match(error.message, /^web\.kefir:1:16: .* \(and 1 more\)$/);
});

Deno.test("FilterSyntaxError says something when it was given nothing", () => {
  const error = new FilterSyntaxError([]);
  assert.deepEqual([error.source, error.line, error.column, error.offset, error.expected], ["", 1, 1, 0, undefined]);
  assert.notEqual(error.message, "");
});

Deno.test("FilterError puts its first error into the message, not a warning before it", () => {
  const error = new FilterError([warned, second]);
  assert.ok(!(error instanceof SyntaxError));
  assert.match(error.message, /there is no field$/);
  assert.deepEqual(error.diagnostics, [warned, second]);
  assert.ok(Object.isFrozen(error.diagnostics));
});

Deno.test("CompileError finds the compiler's errors among its lines", () => {
  const stderr = "<stdin>:1:1: warning: unused\n<stdin>:2:3: error: unknown type\n<stdin>:4:1: fatal error: no file\n";
  const error = new CompileError("Cannot compile", { command: ["clang"], exitCode: 1, stderr, source: "x" });
  assert.deepEqual(error.messages, ["<stdin>:2:3: error: unknown type", "<stdin>:4:1: fatal error: no file"]);
  assert.deepEqual([error.command, error.exitCode, error.source, error.name], [["clang"], 1, "x", "CompileError"]);
});

Deno.test("UnavailableError, KernelError and VerifierError carry what a program needs, and their cause", () => {
  const cause = new Error("why");
  const missing = new UnavailableError("no clang", {
    missing: "clang",
    neededBy: "compiling",
    remedy: "apt-get",
    cause,
  });
  assert.deepEqual([missing.missing, missing.neededBy, missing.remedy, missing.cause], [
    "clang",
    "compiling",
    "apt-get",
    cause,
  ]);
  const kernel = new KernelError("no link", {
    operation: "bpf_link_create",
    errno: 16,
    errnoName: "EBUSY",
    target: "eth0",
  });
  assert.deepEqual([kernel.operation, kernel.errno, kernel.errnoName, kernel.target], [
    "bpf_link_create",
    16,
    "EBUSY",
    "eth0",
  ]);
  assert.equal(kernel.hint, undefined);
  assert.ok(!("cause" in kernel));
  const details = { operation: "bpf_prog_load", errno: 13, errnoName: "EACCES", target: "kefir", cause };
  const verifier = new VerifierError("refused", {
    ...details,
    program: "kefir",
    log: "0: (b7)\nR1 invalid",
    summary: "R1 invalid",
  });
  assert.ok(verifier instanceof KernelError);
  assert.deepEqual([verifier.name, verifier.program, verifier.summary], ["VerifierError", "kefir", "R1 invalid"]);
  assert.equal(verifier.cause, cause);
});

Deno.test("assertNever() throws when it is reached all the same", () => {
  assert.throws(() => assertNever("x" as never), /unreachable: "x"/);
});
