import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { attachClsact } from "../../lib/kernel/tc.ts";
import { attachXdp, queryXdp } from "../../lib/kernel/xdp.ts";
import { clsactSlot } from "../../lib/deploy/deployment.ts";
import { attach, attachLoadedFilter, detach, detachInterface, list, loadCprog, parseFilter } from "../../mod.ts";
import { compileC, ip, loadC, TC_UNSPEC, TestPins, XDP_PASS } from "../kernel/support.ts";
import {
  assertNoQdisc,
  countsByPort,
  FILTER_A,
  FILTER_B,
  judge,
  kernelTest,
  load,
  pinsOf,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
} from "./support.ts";

const XDP = placeOf("XDP native");
const GENERIC = placeOf("XDP generic");
const CLSACT = placeOf("TC ingress by clsact");
const CLSACT_EGRESS = placeOf("TC egress by clsact");

/** What is there of the network's deployments, and what they count. */
function snapshot(network: QuietNetwork): unknown {
  return network.inside(() => {
    const names = [network.name, `${network.name}-2`];
    const running = list().filter((one) => names.includes(one.name));
    return { running, pins: names.map(pinsOf), counts: running.map((one) => countsByPort(one.name)) };
  });
}

/** Makes sure that `body` is refused and changes nothing. */
function refuses(network: QuietNetwork, body: () => unknown, expected: Parameters<typeof assert.throws>[1]): void {
  const before = snapshot(network);
  assert.throws(body, expected);
  assert.deepEqual(snapshot(network), before);
}

skipMissingPlaces("refused");
for (const place of PLACES) {
  kernelTest(
    `attachLoadedFilter() refuses a hook or a name that is taken and changes nothing, at ${place.title}`,
    async () => {
      const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
      using network = new QuietNetwork();
      using traffic = network.openTraffic(place);
      const { name } = network;
      network.attach(a, place);
      const ifindex = network.ifindex();
      refuses(network, () => network.attach(b, place), {
        name: "KernelError",
        errnoName: "EEXIST",
        message: `Cannot attach "${name}": "${name}" is on ${place.hook} of "left" (ifindex ${ifindex}) ` +
          `(use --replace, or detach it first)`,
      });
      refuses(network, () => network.attach(b, place, { name: `${name}-2` }), { errnoName: "EEXIST" });
      for (const replace of [false, true]) {
        refuses(network, () => network.attach(b, place, { interface: "right", replace }), {
          errnoName: "EEXIST",
          message: `Cannot attach "${name}": it is on ${place.hook} of "left" (ifindex ${ifindex}) ` +
            `(detach "${name}" first, or use another name)`,
        });
      }
      const other = PLACES.find((one) => one.hook === place.hook && one.title !== place.title);
      if (other !== undefined) {
        refuses(network, () => network.attach(b, other, { replace: true }), {
          errnoName: "EEXIST",
          message: /is attached by (xdp native|xdp generic|tcx|clsact), which cannot change atomically/,
        });
      }
      assert.equal(judge(traffic), "A");
    },
  );
}

kernelTest("attachLoadedFilter() leaves a foreign XDP link alone, and removes it by force", async () => {
  for (const place of [XDP, GENERIC]) {
    const a = await prepare(FILTER_A, place);
    using network = new QuietNetwork();
    using foreign = loadC(XDP_PASS);
    const ifindex = network.ifindex();
    using link = network.inside(() => attachXdp(foreign.program(), { ifindex, mode: "native" }));
    const { id } = foreign.program();
    for (const replace of [false, true]) {
      refuses(network, () => network.attach(a, place, { replace }), {
        errnoName: "EEXIST",
        message: `Cannot attach "${network.name}": another XDP program (id ${id}, native) is attached ` +
          `(--force removes it, which lets packets pass for a moment)`,
      });
      assert.deepEqual(network.inside(() => queryXdp(ifindex)), { mode: "native", programId: id });
    }
    const attached = network.attach(a, place, { force: true });
    assert.deepEqual(network.inside(() => queryXdp(ifindex)), {
      mode: place.options.mode,
      programId: attached.programId,
    });
    assert.equal(link.info().ifindex, 0);
  }
});

kernelTest("attachLoadedFilter() leaves a foreign XDP program of netlink alone, and removes it by force", async () => {
  const a = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  using pins = new TestPins();
  using foreign = loadC(XDP_PASS);
  foreign.program().pin(`${pins.path}/foreign`);
  const ifindex = network.ifindex();
  for (const mode of ["xdpdrv", "xdpgeneric"]) {
    // Without -n, which hides the BPF file system.
    network.inside(() => ip(["link", "set", "left", mode, "pinned", `${pins.path}/foreign`]));
    const status = network.inside(() => queryXdp(ifindex));
    refuses(network, () => network.attach(a, XDP), /another XDP program \(id \d+, (native|generic)\) is attached/);
    assert.deepEqual(network.inside(() => queryXdp(ifindex)), status);
    network.attach(a, XDP, { force: true });
    network.inside(() => detach(network.name));
    assert.equal(network.inside(() => queryXdp(ifindex)), undefined);
  }
});

kernelTest("attachLoadedFilter() refuses kefir's place in clsact when something else is there", async () => {
  const a = await prepare(FILTER_A, CLSACT);
  using network = new QuietNetwork();
  using foreign = loadC(TC_UNSPEC);
  const ifindex = network.ifindex();
  const slot = { ...clsactSlot({ interface: "left", ifindex, netns: 0, hook: "tc-ingress", kind: "clsact" }) };
  network.inside(() => attachClsact(foreign.program(), slot));
  for (const replace of [false, true]) {
    refuses(network, () => network.attach(a, CLSACT, { replace }), {
      errnoName: "EEXIST",
      message: new RegExp(`program ${foreign.program().id} is at kefir's place in clsact`),
    });
  }
});

kernelTest("attachLoadedFilter() says what is in the way when another kind of filter has its priority", async () => {
  const a = await prepare(FILTER_A, CLSACT);
  using network = new QuietNetwork();
  const tc = (...args: string[]) => ip(["netns", "exec", network.netns, "tc", ...args]);
  tc("qdisc", "add", "dev", "left", "clsact");
  tc("filter", "add", "dev", "left", "ingress", "prio", "1", "protocol", "ip", "u32", "match", "u32", "0", "0");
  const before = tc("filter", "show", "dev", "left", "ingress");
  refuses(network, () => network.attach(a, CLSACT), { name: "KernelError", operation: "bpf_tc_attach" });
  assert.equal(tc("filter", "show", "dev", "left", "ingress"), before);
});

kernelTest("detach() removes the clsact qdisc that kefir made with the last of its filters, in any order", async () => {
  const [a, b] = [await prepare(FILTER_A, CLSACT), await prepare(FILTER_A, CLSACT_EGRESS)];
  using network = new QuietNetwork();
  const names = [network.name, `${network.name}-2`];
  for (const order of [names, names.toReversed()]) {
    network.attach(a, CLSACT, { name: names[0]! });
    network.attach(b, CLSACT_EGRESS, { name: names[1]! });
    network.inside(() => detach(order[0]!));
    assert.throws(() => assertNoQdisc(network));
    network.inside(() => detach(order[1]!));
    assertNoQdisc(network);
  }
  network.attach(a, CLSACT, { name: names[0]! });
  network.attach(b, CLSACT_EGRESS, { name: names[1]! });
  assert.equal(network.inside(() => detachInterface("left")).length, 2);
  assertNoQdisc(network);
});

kernelTest("detach() leaves the clsact qdisc that someone else made, or uses", async () => {
  const a = await prepare(FILTER_A, CLSACT);
  using network = new QuietNetwork();
  using foreign = loadC(TC_UNSPEC);
  const slot = { ifindex: network.ifindex(), direction: "ingress", handle: 9, priority: 1 } as const;
  network.attach(a, CLSACT);
  network.inside(() => attachClsact(foreign.program(), slot));
  network.inside(() => detach(network.name));
  assert.throws(() => assertNoQdisc(network));
  network.attach(a, CLSACT);
  network.inside(() => detach(network.name));
  assert.throws(() => assertNoQdisc(network));
});

kernelTest("detachInterface() takes off all of kefir's, and nothing of others", async () => {
  using network = new QuietNetwork();
  using foreign = loadC(TC_UNSPEC);
  const foreignSlot = { ifindex: network.ifindex(), direction: "egress", handle: 9, priority: 1 } as const;
  network.inside(() => attachClsact(foreign.program(), foreignSlot));
  const names = [XDP, CLSACT, CLSACT_EGRESS].map((place, index) => ({ place, name: `${network.name}-${index}` }));
  for (const { place, name } of names) network.attach(await prepare(FILTER_A, place), place, { name });
  const right = network.attach(await prepare(FILTER_A, XDP), XDP, { interface: "right" });
  network.inside(() => {
    assert.deepEqual(detachInterface("left", { dryRun: true }).map((one) => one.name), names.map((one) => one.name));
    assert.deepEqual(detachInterface("left").map((one) => one.name), names.map((one) => one.name));
    assert.deepEqual(detachInterface("left"), []);
    assert.deepEqual(list().find((one) => one.name === network.name), right);
    assert.throws(() => detachInterface("nosuch0"), Deno.errors.NotFound);
  });
  assert.throws(() => assertNoQdisc(network));
});

tunTest("attachLoadedFilter() refuses an interface without Ethernet headers", async () => {
  using network = new QuietNetwork();
  ip(["-n", network.netns, "tuntap", "add", "tun0", "mode", "tun"]);
  for (const place of PLACES) {
    const a = await prepare(FILTER_A, place);
    refuses(network, () => network.attach(a, place, { interface: "tun0" }), {
      name: "KernelError",
      errnoName: "EPROTONOSUPPORT",
      message: /Cannot attach to "tun0" \(ifindex \d+\): its frames have no Ethernet header \(hardware type 65534\)/,
    });
  }
});

tunTest("attachLoadedFilter() attaches to a TAP device, whose frames have Ethernet headers", async () => {
  using network = new QuietNetwork();
  ip(["-n", network.netns, "tuntap", "add", "tap0", "mode", "tap"]);
  for (const place of PLACES.filter((one) => one.options.mode !== "native")) {
    assert.equal(network.attach(await prepare(FILTER_A, place), place, { interface: "tap0" }).state, "attached");
    network.inside(() => detach(network.name));
  }
});

kernelTest("attachLoadedFilter() refuses an interface or a name that cannot be", async () => {
  const a = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  refuses(network, () => network.attach(a, XDP, { interface: "nosuch0" }), Deno.errors.NotFound);
  for (const name of ["", "a.b", "a/b", "..", "x".repeat(64), "a b", "é", "a\n", "1/program"]) {
    refuses(network, () => network.attach(a, XDP, { name }), { name: "RangeError", message: /1 to 63 of A-Z/ });
    assert.throws(() => network.inside(() => detach(name)), Deno.errors.NotFound);
  }
  refuses(network, () => network.attach(a, XDP, { tc: "tcx" }), RangeError);
  const tc = await prepare(FILTER_A, CLSACT);
  refuses(network, () => network.attach(tc, CLSACT, { mode: "generic" }), RangeError);
});

kernelTest(
  "attachLoadedFilter() names generic mode where the driver has no native one, and leaves nothing",
  async () => {
    const a = await prepare(FILTER_A, XDP);
    using network = new QuietNetwork();
    refuses(network, () => network.attach(a, XDP, { interface: "lo" }), {
      name: "KernelError",
      errnoName: "EOPNOTSUPP",
      message: /the interface's driver has no native XDP.*--mode generic/,
    });
    assert.equal(network.attach(a, GENERIC, { interface: "lo" }).mode, "generic");
  },
);

kernelTest("attachLoadedFilter() refuses to offload where the driver does not, and leaves nothing", async () => {
  const a = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  refuses(network, () => network.attach(a, XDP, { mode: "offload" }), /does not take programs into its hardware/);
  assert.throws(
    () => loadCprog(a.cprog, a.object, { offloadIfindex: network.ifindex() })[Symbol.dispose](),
    { name: "FilterError" },
  );
});

kernelTest("loadCprog() throws what the verifier says, and what is attached stays", async () => {
  const a = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  using traffic = network.openTraffic(XDP);
  network.attach(a, XDP);
  const bad = compileC(`SEC("xdp") int kefir(struct xdp_md *ctx) { return *(char *)(long)ctx->data; }`);
  refuses(network, () => loadCprog(a.cprog, { ...a.object, elf: bad }), {
    name: "VerifierError",
    summary: /invalid access to packet/,
  });
  assert.equal(judge(traffic), "A");
});

kernelTest(
  "attach() throws without clang before anything is touched, and so does it with a filter that cannot be",
  async () => {
    const { filter } = parseFilter(FILTER_A);
    const options = { interface: "lo", mode: "generic", name: "t-refused", cache: false } as const;
    await assert.rejects(attach(filter, { ...options, clang: "no-such-clang" }), {
      name: "UnavailableError",
      missing: "clang",
    });
    await assert.rejects(attach(filter, { ...options, clang: "false" }), { name: "CompileError" });
    assert.deepEqual(pinsOf("t-refused"), []);
  },
);

kernelTest("attachLoadedFilter() attaches nothing for a deployment that is replaced meanwhile", async () => {
  const [a, b] = [await prepare(FILTER_A, XDP), await prepare(FILTER_B, XDP)];
  using network = new QuietNetwork();
  using early = load(a);
  network.attach(b, XDP);
  refuses(
    network,
    () => network.inside(() => attachLoadedFilter(early, { interface: "left", name: network.name, mode: "native" })),
    { errnoName: "EEXIST" },
  );
});

/** A test that needs the TUN driver. */
function tunTest(name: string, body: () => Promise<void>): void {
  if (existsSync("/dev/net/tun")) kernelTest(name, body);
  else Deno.test.ignore(`${name} [needs /dev/net/tun]`, body);
}
