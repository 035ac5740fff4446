import assert from "node:assert/strict";
import { interfaceByName } from "../../lib/kernel/interface.ts";
import { linkIds, openPinnedLink } from "../../lib/kernel/link.ts";
import { openPinnedProgram } from "../../lib/kernel/program.ts";
import { attachXdp, detachForeignXdp, queryXdp, type XdpMode } from "../../lib/kernel/xdp.ts";
import { sumPerCpu } from "../../lib/kernel/per_cpu.ts";
import {
  ip,
  kernelTest,
  loadC,
  openDescriptors,
  run,
  TC_UNSPEC,
  TestNetwork,
  TestPins,
  XDP_COUNT,
  XDP_DROP,
  XDP_PASS,
} from "./support.ts";

for (const mode of ["native", "generic"] satisfies XdpMode[]) {
  kernelTest(`attachXdp() attaches in ${mode} mode until the link is closed`, () => {
    using network = new TestNetwork();
    using object = loadC(XDP_PASS);
    network.inside(() => {
      const { ifindex } = interfaceByName("left");
      assert.equal(queryXdp(ifindex), undefined);
      {
        using link = attachXdp(object.program(), { ifindex, mode });
        assert.deepEqual(queryXdp(ifindex), { mode, programId: object.program().id });
        const { id } = link;
        assert.deepEqual(link.info(), { id, type: "xdp", programId: object.program().id, ifindex, attachType: "xdp" });
        assert.ok([...linkIds()].includes(id));
      }
      assert.equal(queryXdp(ifindex), undefined);
    });
  });
}

kernelTest("attachXdp() runs the program on frames, and generic mode runs it on loopback", () => {
  using network = new TestNetwork();
  using object = loadC(XDP_COUNT);
  network.inside(() => {
    using _link = attachXdp(object.program(), { ifindex: interfaceByName("lo").ifindex, mode: "generic" });
    assert.ok(run("bash", ["-c", "echo -n hello > /dev/udp/127.0.0.1/9"]).success);
  });
  assert.equal(sumPerCpu(object.map("seen").readPerCpu(0))[0]! >= 1n, true);
});

kernelTest("attachXdp() says EBUSY when an interface has a program", () => {
  using network = new TestNetwork();
  using object = loadC(`${XDP_PASS}\n${XDP_DROP}`);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    using _link = attachXdp(object.program("pass"), { ifindex, mode: "native" });
    assert.throws(() => attachXdp(object.program("drop"), { ifindex, mode: "native" }), {
      name: "KernelError",
      errnoName: "EBUSY",
      message: `Cannot attach "drop" to XDP of "left" (ifindex ${ifindex}): bpf_link_create returned EBUSY, ` +
        `another XDP program is attached (use --replace)`,
    });
    assert.throws(() => attachXdp(object.program("drop"), { ifindex, mode: "generic" }), /\(use --replace\)/);
  });
});

kernelTest("attachXdp() points to generic mode where the driver has no native one", () => {
  using network = new TestNetwork();
  using object = loadC(XDP_PASS);
  network.inside(() => {
    const { ifindex } = interfaceByName("lo");
    assert.throws(() => attachXdp(object.program(), { ifindex, mode: "native" }), /has no native XDP.*--mode generic/);
  });
});

kernelTest("attachXdp() explains an MTU that is too large", () => {
  using network = new TestNetwork();
  using object = loadC(XDP_PASS);
  ip(["-n", network.netns, "link", "set", "left", "mtu", "9000"]);
  ip(["-n", network.netns, "link", "set", "right", "mtu", "9000"]);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    assert.throws(() => attachXdp(object.program(), { ifindex, mode: "native" }), /MTU of 9000 .* too large/);
  });
});

kernelTest("attachXdp() refuses offload where the driver has none, and unknown interfaces", () => {
  using network = new TestNetwork();
  using object = loadC(XDP_PASS);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    assert.throws(() => attachXdp(object.program(), { ifindex, mode: "offload" }), /programs into its hardware/);
    assert.throws(
      () => attachXdp(object.program(), { ifindex: 9999, mode: "native" }),
      /Cannot attach "pass" to XDP of ifindex 9999: bpf_link_create returned EINVAL, there is no such interface/,
    );
    assert.throws(() => queryXdp(9999), { errnoName: "ENODEV" });
  });
});

kernelTest("attachXdp() says that a TC program is not for XDP", () => {
  using network = new TestNetwork();
  using object = loadC(TC_UNSPEC);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    assert.throws(
      () => attachXdp(object.program(), { ifindex, mode: "native" }),
      /the program is of type schedCls, not xdp/,
    );
  });
});

kernelTest("BpfLink.update() swaps programs, and only the expected one", () => {
  using network = new TestNetwork();
  using object = loadC(`${XDP_PASS}\n${XDP_DROP}`);
  const [pass, drop] = [object.program("pass"), object.program("drop")];
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    using link = attachXdp(pass, { ifindex, mode: "native" });
    link.update(drop, { expected: pass });
    assert.equal(link.info().programId, drop.id);
    assert.throws(() => link.update(pass, { expected: pass }), /another program than the expected one is attached/);
    link.update(pass);
    assert.equal(queryXdp(ifindex)?.programId, pass.id);
    using tc = loadC(TC_UNSPEC);
    assert.throws(() => link.update(tc.program()), { errnoName: "EINVAL" });
    link.detach();
    link.detach();
    assert.equal(queryXdp(ifindex), undefined);
    assert.equal(link.info().ifindex, 0);
    assert.throws(() => link.update(drop), /the link is detached/);
  });
});

kernelTest("a pinned link stays when its descriptor is closed, and goes by detach()", () => {
  const before = openDescriptors();
  {
    using network = new TestNetwork();
    using pins = new TestPins();
    network.inside(() => {
      const { ifindex } = interfaceByName("left");
      {
        using object = loadC(XDP_PASS);
        using link = attachXdp(object.program(), { ifindex, mode: "native" });
        link.pin(`${pins.path}/link`);
        object.program().pin(`${pins.path}/program`);
      }
      using program = openPinnedProgram(`${pins.path}/program`);
      assert.equal(queryXdp(ifindex)?.programId, program.id);
      using next = loadC(XDP_DROP);
      using link = openPinnedLink(`${pins.path}/link`);
      link.update(next.program(), { expected: program });
      assert.equal(queryXdp(ifindex)?.programId, next.program().id);
      link.detach();
      assert.equal(queryXdp(ifindex), undefined);
      assert.throws(() => openPinnedLink(`${pins.path}/program`), /Cannot open the pinned link .*: it is a program/);
    });
  }
  assert.deepEqual(openDescriptors(), before);
});

kernelTest("detachForeignXdp() removes what another tool attached by netlink", () => {
  using network = new TestNetwork();
  using pins = new TestPins();
  using object = loadC(XDP_PASS);
  object.program().pin(`${pins.path}/foreign`);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    ip(["link", "set", "left", "xdpgeneric", "pinned", `${pins.path}/foreign`]);
    const status = { mode: "generic", programId: object.program().id };
    assert.deepEqual(queryXdp(ifindex), status);
    using mine = loadC(XDP_DROP);
    for (const mode of ["generic", "native"] as const) {
      assert.throws(() => attachXdp(mine.program(), { ifindex, mode }), /returned E(BUSY|EXIST), .*\(use --replace\)/);
    }
    assert.deepEqual(detachForeignXdp(ifindex), status);
    assert.equal(queryXdp(ifindex), undefined);
    assert.equal(detachForeignXdp(ifindex), undefined);
  });
});

kernelTest("detachForeignXdp() detaches the link that holds the program", () => {
  using network = new TestNetwork();
  using object = loadC(XDP_PASS);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    using link = attachXdp(object.program(), { ifindex, mode: "native" });
    assert.deepEqual(detachForeignXdp(ifindex), { mode: "native", programId: object.program().id });
    assert.equal(queryXdp(ifindex), undefined);
    assert.equal(link.info().ifindex, 0);
  });
});

kernelTest("detachForeignXdp() leaves links alone that may belong to another namespace", () => {
  using one = new TestNetwork();
  using two = new TestNetwork();
  using object = loadC(XDP_PASS);
  const attach = () => attachXdp(object.program(), { ifindex: interfaceByName("left").ifindex, mode: "native" });
  using first = one.inside(attach);
  using second = two.inside(attach);
  one.inside(() => {
    const { ifindex } = interfaceByName("left");
    assert.throws(() => detachForeignXdp(ifindex), {
      errnoName: "EBUSY",
      hint: `several links may hold it, of other network namespaces too: ${first.id}, ${second.id}`,
    });
  });
  assert.notEqual(second.info().ifindex, 0);
});

kernelTest("a link outlives its interface with ifindex 0", () => {
  using object = loadC(XDP_PASS);
  const network = new TestNetwork();
  using link = network.inside(() =>
    attachXdp(object.program(), { ifindex: interfaceByName("left").ifindex, mode: "native" })
  );
  try {
    ip(["-n", network.netns, "link", "delete", "left"]);
    assert.equal(link.info().ifindex, 0);
  } finally {
    network[Symbol.dispose]();
  }
});
