/**
 * What the tests of deployments share: places, filters, a quiet network, and what is left on the host.
 *
 * @module
 */

import assert from "node:assert/strict";
import { KernelError } from "../../lib/diagnostics/errors.ts";
import { resolveTarget } from "../../lib/deploy/attach.ts";
import { describeDeployment } from "../../lib/deploy/description.ts";
import { deploymentPath, KEFIR_ROOT, withLock } from "../../lib/deploy/layout.ts";
import { findSwappable, swapAttached } from "../../lib/deploy/swap.ts";
import { listPinDirectory } from "../../lib/kernel/bpffs.ts";
import { filterQdiscKind } from "../../lib/kernel/ffi/netlink.ts";
import { interfaceByName } from "../../lib/kernel/interface.ts";
import { listLinks } from "../../lib/kernel/link.ts";
import { openProgramById } from "../../lib/kernel/program.ts";
import { sleepMs } from "../../lib/kernel/readers.ts";
import { isTcxAvailable } from "../../lib/kernel/tc.ts";
import { queryXdp } from "../../lib/kernel/xdp.ts";
import { planChangeOf } from "../../lib/swap.ts";
import {
  type AttachedFilter,
  attachLoadedFilter,
  type AttachmentOptions,
  compile,
  type Cprog,
  detach,
  type HookName,
  list,
  loadCprog,
  type LoadedFilter,
  type ObjectFile,
  parseFilter,
  stats,
  type StrategyChoice,
} from "../../mod.ts";
import { withNetns } from "../kernel/netns.ts";
import { ip, randomName, run } from "../kernel/support.ts";
import { ethernet, frame, ipv4, payload, udp } from "../packets/build.ts";
import { FrameReceiver, FrameSender } from "./packet_socket.ts";

export { kernelTest, randomName, run } from "../kernel/support.ts";
export { FrameReceiver, FrameSender } from "./packet_socket.ts";

/** One of the ways in which a filter can be attached. */
export interface Place {
  readonly title: string;
  readonly hook: HookName;
  readonly options: Pick<AttachmentOptions, "mode" | "tc">;
}

const ALL_PLACES: readonly Place[] = [
  { title: "XDP native", hook: "xdp", options: { mode: "native" } },
  { title: "XDP generic", hook: "xdp", options: { mode: "generic" } },
  { title: "TC ingress by TCX", hook: "tc-ingress", options: { tc: "tcx" } },
  { title: "TC ingress by clsact", hook: "tc-ingress", options: { tc: "clsact" } },
  { title: "TC egress by TCX", hook: "tc-egress", options: { tc: "tcx" } },
  { title: "TC egress by clsact", hook: "tc-egress", options: { tc: "clsact" } },
];

/** Whether the kernel has TCX, which came with 6.6. */
export const HAS_TCX: boolean = probeTcx();

/** All places that this kernel has; what is missing is a named skip. */
export const PLACES: readonly Place[] = ALL_PLACES.filter((place) => HAS_TCX || place.options.tc !== "tcx");

/** Registers a skip for each place that is missing, in the name of a test that goes through all places. */
export function skipMissingPlaces(name: string): void {
  for (const place of ALL_PLACES) {
    if (!PLACES.includes(place)) Deno.test.ignore(`${name}, at ${place.title} [needs TCX, kernel 6.6]`, () => {});
  }
}

/** The place of that title. */
export function placeOf(title: string): Place {
  const place = PLACES.find((one) => one.title === title);
  assert.ok(place !== undefined);
  return place;
}

/**
 * Two filters that share two rules and the default. What a frame's port is says which of them judges it, and how:
 * 1000 drops in B only, 1001 always, 1002 never, 1003 in A only.
 */
export const FILTER_A = "drop udp.dstport == 1003\ndrop udp.dstport == 1001\npass udp.dstport == 1002";
export const FILTER_B = "drop udp.dstport == 1001\npass udp.dstport == 1002\ndrop udp.dstport == 1000";

/** A filter ready to be loaded any number of times. */
export interface Prepared {
  readonly cprog: Cprog;
  readonly object: ObjectFile;
}

/** Compiles a filter for a place. */
export async function prepare(text: string, place: Place, strategy: StrategyChoice = "auto"): Promise<Prepared> {
  return await compile(parseFilter(text).filter, { hook: place.hook, strategy, name: "test" });
}

/** Loads a filter, to be disposed by the caller. */
export function load({ cprog, object }: Prepared): LoadedFilter {
  return loadCprog(cprog, object);
}

/** Puts other rules into the filter on `left`, as `kefir attach --replace` does where other tables are enough. */
export function swapOnLeft(name: string, text: string, place: Place): AttachedFilter {
  const options = { interface: "left", name, ...place.options, replace: true };
  const target = resolveTarget(place.hook, options);
  const found = withLock(() => findSwappable(target, options));
  assert.ok(found !== undefined, `nothing to swap at ${place.title}`);
  const change = planChangeOf(found.running, parseFilter(text).filter, { strategy: "auto" });
  assert.equal(change.tier, "data");
  const deployment = swapAttached(found, change.cprog, target, options);
  assert.ok(deployment !== undefined);
  return describeDeployment(deployment);
}

/** A network namespace with a veth pair `left` and `right` on which nothing is sent but by the test. */
export class QuietNetwork implements Disposable {
  readonly netns: string = `kefir-d${randomName()}`;
  /** A deployment's name that no other test has. */
  readonly name: string = `t${randomName()}`;

  constructor(options: { readonly mtu?: number } = {}) {
    ip(["netns", "add", this.netns]);
    try {
      this.inside(() => {
        for (const which of ["all", "default"]) {
          // A kernel without IPv6 has no such file.
          const path = `/proc/sys/net/ipv6/conf/${which}/disable_ipv6`;
          run("sh", ["-c", `test ! -e ${path} || echo 1 > ${path}`]);
        }
      });
      const mtu = ["mtu", String(options.mtu ?? 1500)];
      ip(["-n", this.netns, "link", "add", "left", ...mtu, "type", "veth", "peer", "name", "right", ...mtu]);
      for (const device of ["left", "right"]) ip(["-n", this.netns, "link", "set", device, "up"]);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs `body` within the namespace; it must not await. */
  inside<T>(body: () => T): T {
    return withNetns(this.netns, body);
  }

  /** Attaches to `left`, under the network's own name unless given. */
  attach(prepared: Prepared, place: Place, options: Partial<AttachmentOptions> = {}): AttachedFilter {
    using loaded = load(prepared);
    return this.inside(() =>
      attachLoadedFilter(loaded, { interface: "left", name: this.name, ...place.options, ...options })
    );
  }

  /** Where frames go in and come out, for them to pass the filter of a place on `left`. */
  openTraffic(place: Place): Traffic {
    const isEgress = place.hook === "tc-egress";
    return this.inside(() => new Traffic(isEgress ? "left" : "right", isEgress ? "right" : "left"));
  }

  ifindex(device = "left"): number {
    return this.inside(() => interfaceByName(device).ifindex);
  }

  [Symbol.dispose](): void {
    for (const name of [this.name, `${this.name}-2`]) {
      try {
        this.inside(() => detach(name));
      } catch {
        // It was taken off, or never attached.
      }
    }
    run("ip", ["netns", "delete", this.netns]);
  }
}

/** Sends frames and tells which of them passed. */
export class Traffic implements Disposable {
  readonly sender: FrameSender;
  readonly receiver: FrameReceiver;

  constructor(from: string, to: string) {
    this.sender = new FrameSender(from);
    this.receiver = new FrameReceiver(to);
  }

  /** Sends one frame to each port, and gives the ports of those that passed. */
  probe(ports: readonly number[]): number[] {
    this.receiver.drain();
    for (const port of ports) this.sender.send(numberedFrame(port, 0));
    return this.settle().map((bytes) => portOf(bytes));
  }

  /** The frames that arrived, once no more do. */
  settle(): Uint8Array[] {
    const frames = this.receiver.drain();
    // The other CPU may still be at it.
    for (let quiet = 0; quiet < 2; quiet++) {
      sleepMs(4);
      const more = this.receiver.drain();
      if (more.length > 0) quiet = -1;
      frames.push(...more);
    }
    return frames;
  }

  [Symbol.dispose](): void {
    this.sender[Symbol.dispose]();
    this.receiver[Symbol.dispose]();
  }
}

/** Bytes of each {@link numberedFrame}. */
export const FRAME_BYTES = 60;

/** A UDP frame to a port that carries a number. */
export function numberedFrame(port: number, number: number): Uint8Array {
  const bytes = [number >>> 24, number >>> 16 & 255, number >>> 8 & 255, number & 255];
  return frame(ethernet(), ipv4(), udp({ dst: port }), payload([...bytes, ...new Array<number>(14).fill(0)])).bytes;
}

/** The port of a {@link numberedFrame}. */
export function portOf(bytes: Uint8Array): number {
  return bytes[36]! << 8 | bytes[37]!;
}

/** The number of a {@link numberedFrame}. */
export function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(42);
}

/** Which of the two filters is in force, told by what it does; fails unless one of them is, completely. */
export function judge(traffic: Traffic): "A" | "B" | "none" {
  const passed = traffic.probe([1000, 1001, 1002, 1003]).join(" ");
  const verdict = { "1000 1002": "A", "1002 1003": "B", "1000 1001 1002 1003": "none" }[passed];
  assert.ok(verdict !== undefined, `no filter passes just ${passed}`);
  return verdict as "A" | "B" | "none";
}

function probeTcx(): boolean {
  try {
    return isTcxAvailable();
  } catch {
    // Without libbpf or the privilege no test runs.
    return true;
  }
}

/** The counts of a deployment: packets by the port that its rule is about, and of the default. */
export function countsByPort(name: string): Record<string, number> {
  const { rules, default: rest } = stats(name);
  const counts = rules.map((rule) => [rule.text.replace(/.* /, ""), rule.packets]);
  return { ...Object.fromEntries(counts), default: rest.packets };
}

/** The deployment of that name as the list has it. */
export function listed(name: string): AttachedFilter | undefined {
  return list().find((one) => one.name === name);
}

/** Makes sure that nothing of a deployment is on the host, and that nothing else is on its interface. */
export function assertNothingLeft(network: QuietNetwork, attached: { name: string; programId: number }): void {
  assertRemoved(attached);
  network.inside(() => assert.equal(queryXdp(interfaceByName("left").ifindex), undefined));
  assertNoQdisc(network);
}

/** Makes sure that nothing of a deployment is on the host: no pin, program or link. */
export function assertRemoved(attached: { name: string; programId: number }): void {
  assert.deepEqual(pinsOf(attached.name), []);
  assert.ok(!listLinks().some((link) => link.programId === attached.programId));
  assertProgramGone(attached.programId);
}

/** Makes sure that `left` has no qdisc for filters. */
export function assertNoQdisc(network: QuietNetwork): void {
  assert.equal(network.inside(() => filterQdiscKind(interfaceByName("left").ifindex)), undefined);
}

/** Makes sure that the kernel has forgotten a program, which it does a moment after its last user went. */
export function assertProgramGone(id: number): void {
  for (let waitedMs = 0;; waitedMs += 10) {
    try {
      openProgramById(id)[Symbol.dispose]();
    } catch (error) {
      if (error instanceof KernelError && error.errnoName === "ENOENT") return;
      throw error;
    }
    assert.ok(waitedMs < 3000, `program ${id} is still there`);
    sleepMs(10);
  }
}

/** Paths of what is pinned for a deployment, relative to its directory, which counts as `.`. */
export function pinsOf(name: string): string[] {
  if (!listPinDirectory(KEFIR_ROOT).some((entry) => entry.name === name)) return [];
  const below = (path: string): string[] =>
    listPinDirectory(path).flatMap((entry) => {
      const child = `${path}/${entry.name}`;
      return entry.isDirectory ? [`${child}/`, ...below(child)] : [child];
    });
  const root = deploymentPath(name);
  return [".", ...below(root).map((path) => path.slice(root.length + 1))];
}
