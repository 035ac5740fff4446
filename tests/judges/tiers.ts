/**
 * Tiers: what tests need of the host. A tool counts as there when it did what is asked of it, not when it is installed.
 * A missing one is a skip that says why, or a failure where KEFIR_REQUIRE (`clang,libbpf,bpf`) lists it.
 *
 * @module
 */

/** What a host has or has not. */
export type Requirement = "clang" | "libbpf" | "bpf";

/** `pure` runs anywhere, `clang` compiles and runs C, `kernel` loads BPF programs. */
export type Tier = "pure" | "clang" | "kernel";

/** What each tier needs. */
export const TIERS: Readonly<Record<Tier, readonly Requirement[]>> = {
  pure: [],
  clang: ["clang"],
  kernel: ["clang", "libbpf", "bpf"],
};

/** Registers a test that runs where its tier's requirements are met. */
export function tierTest(tier: Tier, name: string, body: (t: Deno.TestContext) => void | Promise<void>): void {
  const missing = TIERS[tier].flatMap((requirement) => {
    const reason = whyMissing(requirement);
    return reason === undefined ? [] : [{ requirement, reason }];
  });
  const required = missing.find(({ requirement }) => isRequired(requirement));
  if (required !== undefined) {
    Deno.test(name, () => {
      throw new Error(`KEFIR_REQUIRE lists "${required.requirement}", but ${required.reason}`);
    });
    return;
  }
  const [first] = missing;
  if (first === undefined) Deno.test(name, body);
  else Deno.test({ name: `${name} [skipped: ${first.reason}]`, ignore: true, fn: body });
}

/** Registers a test that needs a file or a program of no tier; the name says which one is missing. */
export function testWhere(isThere: boolean, reason: string, name: string, body: () => void | Promise<void>): void {
  Deno.test({ name: isThere ? name : `${name} [skipped: ${reason}]`, ignore: !isThere, fn: body });
}

/** Why a requirement is not met on this host, or undefined when it is. */
export function whyMissing(requirement: Requirement): string | undefined {
  if (!found.has(requirement)) found.set(requirement, PROBES[requirement]());
  return found.get(requirement);
}

const found = new Map<Requirement, string | undefined>();

/** BPF_PROG_TYPE_SCHED_CLS and BPF_PROG_TYPE_XDP, linux/bpf.h. */
const PROGRAM_TYPES = [3, 6];

const PROBES: Readonly<Record<Requirement, () => string | undefined>> = {
  clang() {
    const program = "int main(void) { return 0; }";
    return complaint(["-target", "bpf", "-O2", "-g", "-x", "c", "-c", "-", "-o", "-"], program) ??
      complaint(["-fsanitize=address,undefined", "-x", "c", "-", "-o", "/dev/null"], program);
  },
  libbpf() {
    try {
      Deno.dlopen("libbpf.so.1", {}).close();
      return undefined;
    } catch {
      return "libbpf.so.1 does not open";
    }
  },
  bpf() {
    if (whyMissing("libbpf") !== undefined) return whyMissing("libbpf");
    const library = Deno.dlopen("libbpf.so.1", {
      libbpf_probe_bpf_prog_type: { parameters: ["u32", "pointer"], result: "i32" },
    });
    try {
      // The function loads a program of the type: 1 for success (libbpf.h).
      const refused = PROGRAM_TYPES.some((type) => library.symbols.libbpf_probe_bpf_prog_type(type, null) !== 1);
      return refused ? "the kernel loads no BPF program for this user" : undefined;
    } finally {
      library.close();
    }
  },
};

/** What clang has against a program, or undefined when it takes it. */
function complaint(args: readonly string[], source: string): string | undefined {
  try {
    const child = new Deno.Command("sh", {
      args: ["-c", 'printf %s "$0" | clang "$@"', source, ...args],
      stdout: "null",
      stderr: "piped",
    }).outputSync();
    if (child.success) return undefined;
    const line = new TextDecoder().decode(child.stderr).trim().split("\n")[0];
    return `clang does not build: ${line}`;
  } catch (error) {
    return `clang does not run: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isRequired(requirement: Requirement): boolean {
  return (Deno.env.get("KEFIR_REQUIRE") ?? "").split(",").map((one) => one.trim()).includes(requirement);
}
