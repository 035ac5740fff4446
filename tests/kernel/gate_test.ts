import assert from "node:assert/strict";
import { KernelError } from "../../lib/diagnostics/errors.ts";
import { errnoName } from "../../lib/kernel/errno.ts";
import { checkReturn, kernelError } from "../../lib/kernel/gate.ts";
import { missingCapabilities } from "../../lib/kernel/privilege.ts";
import { kernelTest, run } from "./support.ts";

const CALL = { operation: "bpf_link_create", action: `attach "web" to`, target: `"eth0" (ifindex 2)` };
const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("errnoName() knows the kernel's, libbpf's and no other numbers", () => {
  const numbers = [1, 2, 7, 11, 16, 17, 22, 28, 95, 524, 4000, 4013, 999];
  assert.deepEqual(numbers.map(errnoName), [
    "EPERM",
    "ENOENT",
    "E2BIG",
    "EAGAIN",
    "EBUSY",
    "EEXIST",
    "EINVAL",
    "ENOSPC",
    "EOPNOTSUPP",
    "ENOTSUPP",
    "LIBBPF_ERRNO__LIBELF",
    "LIBBPF_ERRNO__NLPARSE",
    "errno 999",
  ]);
});

Deno.test("checkReturn() gives back what is not negative", () => {
  assert.equal(checkReturn(0, CALL), 0);
  assert.equal(checkReturn(7, CALL), 7);
});

kernelTest("checkReturn() throws KernelError with hint, message of libbpf or text, in this order", () => {
  const prefix = `Cannot attach "web" to "eth0" (ifindex 2): bpf_link_create returned`;
  const hints = { EBUSY: "another XDP program is attached (use --replace)" };
  assert.throws(() => checkReturn(-16, { ...CALL, hints, messages: ["unused"] }), (error: KernelError) => {
    assert.ok(error instanceof KernelError);
    assert.equal(error.message, `${prefix} EBUSY, another XDP program is attached (use --replace)`);
    const { operation, errno, errnoName, target, hint } = error;
    assert.deepEqual({ operation, errno, errnoName, target, hint }, {
      operation: "bpf_link_create",
      errno: 16,
      errnoName: "EBUSY",
      target: `"eth0" (ifindex 2)`,
      hint: hints.EBUSY,
    });
    return true;
  });
  assert.equal(kernelError(22, { ...CALL, hints, messages: ["first", "second"] }).message, `${prefix} EINVAL, first`);
  assert.equal(kernelError(22, CALL).message, `${prefix} EINVAL, invalid argument`);
  assert.equal(kernelError(524, CALL).message, `${prefix} ENOTSUPP, operation not supported`);
  assert.equal(kernelError(4005, CALL).message, `${prefix} LIBBPF_ERRNO__RELOC, relocation failed`);
});

kernelTest("kernelError() is a KernelError for EPERM when no capability is missing", () => {
  assert.deepEqual(missingCapabilities(), []);
  assert.ok(kernelError(1, CALL) instanceof KernelError);
});

/** Runs a script that prints what it catches, in a process of its own. */
function catchIn(command: readonly string[], body: string): { stdout: string; stderr: string } {
  const script = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    Deno.writeTextFileSync(
      script,
      `import { createMap } from "${ROOT}lib/kernel/map.ts";
      import { openObject } from "${ROOT}lib/kernel/object.ts";
      void createMap, openObject;
      try { ${body} } catch (error) { console.log(error.name + " " + error.missing + ": " + error.message); }`,
    );
    const [program, ...args] = [...command, script];
    const { stdout, stderr } = run(program!, args);
    return { stdout: new TextDecoder().decode(stdout), stderr };
  } finally {
    Deno.removeSync(script);
  }
}

const CREATE = `createMap({ type: "array", name: "m", keySize: 4, valueSize: 4, maxEntries: 1 })`;
const deno = (...flags: string[]) => [Deno.execPath(), "run", "-q", "--no-prompt", "--no-check", ...flags];

Deno.test("the kernel layer is UnavailableError without --allow-ffi, and is so on first use only", () => {
  const { stdout } = catchIn(deno(), CREATE);
  assert.match(stdout, /^UnavailableError permission: Cannot open "libbpf.so.1": .* needs the permission --allow-ffi/);
});

kernelTest("the kernel layer is UnavailableError without capabilities", () => {
  const drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"];
  const { stdout } = catchIn([...drop, ...deno("-A")], CREATE);
  assert.match(
    stdout,
    /^UnavailableError privilege: Cannot create map "m": bpf_map_create returned EPERM, this process lacks CAP_BPF and /,
  );
});

kernelTest("libbpf writes nothing to standard error, whatever goes wrong", () => {
  const { stdout, stderr } = catchIn(deno("-A"), `openObject(new Uint8Array(100), { name: "junk" })`);
  assert.match(stdout, /^KernelError undefined: Cannot open object "junk"/);
  assert.equal(stderr, "");
});
