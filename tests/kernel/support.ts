/**
 * What the kernel tests share: compiling C, network namespaces, pins, and named skips.
 *
 * @module
 */

import {
  BPFFS_ROOT,
  listPinDirectory,
  makePinDirectory,
  removePin,
  removePinDirectory,
} from "../../lib/kernel/bpffs.ts";
import { libbpf } from "../../lib/kernel/ffi/libbpf.ts";
import { type LoadedObject, openObject } from "../../lib/kernel/object.ts";
import { missingCapabilities } from "../../lib/kernel/privilege.ts";
import { withNetns } from "./netns.ts";

const ARCH = Deno.build.arch;

/** Compiles C to a BPF object; the compiler's complaints become the error. */
export function compileC(source: string): Uint8Array<ArrayBuffer> {
  const known = objects.get(source);
  if (known !== undefined) return known;
  const dir = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${dir}/test.c`, `#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n${source}`);
    const flags = ["-O2", "-g", "-target", "bpf", `-D__${ARCH}__`, "-idirafter", `/usr/include/${ARCH}-linux-gnu`];
    const { success, stdout, stderr } = run("clang", [...flags, "-c", `${dir}/test.c`, "-o", "-"]);
    if (!success) throw new Error(stderr);
    objects.set(source, stdout);
    return stdout;
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const objects = new Map<string, Uint8Array<ArrayBuffer>>();

/** Compiles and loads. */
export function loadC(source: string, name = "test"): LoadedObject {
  return openObject(compileC(source), { name }).load();
}

/** An XDP program that passes everything. */
export const XDP_PASS = `SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }`;
/** An XDP program that drops everything. */
export const XDP_DROP = `SEC("xdp") int drop(struct xdp_md *ctx) { return XDP_DROP; }`;
/** A TC program that has no opinion. */
export const TC_UNSPEC = `SEC("tc") int unspec(struct __sk_buff *skb) { return -1; }`;
/** A TC program that drops everything. */
export const TC_SHOT = `SEC("tc") int shot(struct __sk_buff *skb) { return 2; }`;
/** An XDP program that counts frames in a per-CPU array and passes them. */
export const XDP_COUNT = `
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("xdp") int count(struct xdp_md *ctx) {
  __u32 key = 0; __u64 *value = bpf_map_lookup_elem(&seen, &key);
  if (value) *value += 1;
  return XDP_PASS;
}`;

/** A frame of 64 bytes of Ethernet with an ether type that nothing handles. */
export function testFrame(): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(64);
  frame.set([0x88, 0xb5], 12);
  return frame;
}

/** A network namespace with a veth pair in it, removed on dispose. */
export class TestNetwork implements Disposable {
  readonly netns: string = `kefir-${randomName()}`;

  constructor() {
    ip(["netns", "add", this.netns]);
    try {
      ip(["-n", this.netns, "link", "add", "left", "type", "veth", "peer", "name", "right"]);
      ip(["-n", this.netns, "link", "set", "lo", "up"]);
      ip(["-n", this.netns, "link", "set", "left", "up"]);
      ip(["-n", this.netns, "link", "set", "right", "up"]);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs `body` within the namespace; it must not await. */
  inside<T>(body: () => T): T {
    return withNetns(this.netns, body);
  }

  [Symbol.dispose](): void {
    run("ip", ["netns", "delete", this.netns]);
  }
}

/** A directory of pins, removed with what is in it on dispose. */
export class TestPins implements Disposable {
  readonly path: string = `${BPFFS_ROOT}/kefir_test_${randomName()}`;

  constructor() {
    makePinDirectory(this.path);
  }

  [Symbol.dispose](): void {
    removePins(this.path);
  }
}

function removePins(path: string): void {
  for (const { name, isDirectory } of listPinDirectory(path)) {
    if (isDirectory) removePins(`${path}/${name}`);
    else removePin(`${path}/${name}`);
  }
  removePinDirectory(path);
}

/** The BPF descriptors and sockets that this process has open: all its threads, so test files must not run in parallel. */
export function openDescriptors(): readonly string[] {
  const open: string[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      open.push(`${name} ${Deno.readLinkSync(`/proc/self/fd/${name}`)}`);
    } catch {
      // The descriptor that lists the directory is gone by now.
    }
  }
  return open.filter((one) => /bpf|socket/.test(one)).sort();
}

/** Runs ip(8), and throws what it says when it fails. */
export function ip(args: readonly string[]): string {
  const { success, stdout, stderr } = run("ip", args);
  if (!success) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  return new TextDecoder().decode(stdout);
}

/** Runs a command to its end. */
export function run(
  command: string,
  args: readonly string[],
): { success: boolean; stdout: Uint8Array<ArrayBuffer>; stderr: string } {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  return { success, stdout, stderr: new TextDecoder().decode(stderr) };
}

/** Eight letters that no other run has. */
export function randomName(): string {
  return crypto.getRandomValues(new Uint8Array(4)).toHex();
}

/** Registers a test that needs clang, libbpf and the right to use them: a named skip where they are missing. */
export function kernelTest(name: string, body: () => void | Promise<void>): void {
  const required = (Deno.env.get("KEFIR_REQUIRE") ?? "").split(",");
  const missing = REQUIREMENTS.filter((one) => !required.includes(one.name) && !one.isThere()).map((one) => one.name);
  if (missing.length > 0) Deno.test.ignore(`${name} [needs ${missing.join(", ")}]`, body);
  else Deno.test(name, body);
}

const REQUIREMENTS: readonly { name: string; isThere: () => boolean }[] = [
  { name: "clang", isThere: once(() => succeeds(() => run("clang", ["--version"]))) },
  { name: "libbpf", isThere: once(() => succeeds(libbpf)) },
  { name: "bpf", isThere: once(() => succeeds(missingCapabilities) && missingCapabilities().length === 0) },
];

function once(probe: () => boolean): () => boolean {
  let result: boolean | undefined;
  return () => result ??= probe();
}

function succeeds(probe: () => unknown): boolean {
  try {
    probe();
    return true;
  } catch {
    return false;
  }
}
