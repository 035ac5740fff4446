import assert from "node:assert/strict";
import { interfaceByName } from "../../lib/kernel/interface.ts";
import {
  attachClsact,
  attachTcx,
  detachClsact,
  isTcxAvailable,
  queryClsact,
  queryTcx,
  type TcDirection,
} from "../../lib/kernel/tc.ts";
import { ip, kernelTest, loadC, openDescriptors, run, TC_SHOT, TC_UNSPEC, TestNetwork, XDP_PASS } from "./support.ts";

const DIRECTIONS: readonly TcDirection[] = ["ingress", "egress"];
const TWO = `${TC_UNSPEC}\n${TC_SHOT}`;

/** Whether a datagram over loopback is delivered, told by the counter of received packets. */
function sends(): boolean {
  const before = receivedPackets();
  run("bash", ["-c", "echo -n hello > /dev/udp/127.0.0.1/9"]);
  return receivedPackets() > before;
}

function receivedPackets(): number {
  return JSON.parse(ip(["-json", "-s", "link", "show", "lo"]))[0].stats64.tx.packets;
}

for (const direction of DIRECTIONS) {
  kernelTest(`attachTcx() attaches at ${direction} behind what is there`, () => {
    using network = new TestNetwork();
    using object = loadC(TWO);
    const [unspec, shot] = [object.program("unspec"), object.program("shot")];
    network.inside(() => {
      const { ifindex } = interfaceByName("left");
      assert.deepEqual(queryTcx({ ifindex, direction }), []);
      {
        using link = attachTcx(unspec, { ifindex, direction });
        using _second = attachTcx(shot, { ifindex, direction });
        assert.deepEqual(queryTcx({ ifindex, direction }), [unspec.id, shot.id]);
        const { id } = link;
        assert.deepEqual(link.info(), { id, type: "tcx", programId: unspec.id, ifindex, attachType: direction });
      }
      assert.deepEqual(queryTcx({ ifindex, direction }), []);
    });
  });

  kernelTest(`attachClsact() attaches, replaces and detaches at ${direction}`, () => {
    using network = new TestNetwork();
    using object = loadC(TWO);
    const [unspec, shot] = [object.program("unspec"), object.program("shot")];
    network.inside(() => {
      const slot = { ifindex: interfaceByName("left").ifindex, direction, handle: 7, priority: 42 };
      assert.equal(queryClsact(slot), undefined);
      assert.deepEqual(attachClsact(unspec, slot), { ...slot, programId: unspec.id, createdQdisc: true });
      assert.equal(queryClsact(slot), unspec.id);
      assert.equal(queryClsact({ ...slot, handle: 8 }), undefined);
      assert.throws(() => attachClsact(shot, slot), /EEXIST, a filter has handle 7 and priority 42 \(use --replace\)/);
      assert.deepEqual(attachClsact(shot, { ...slot, replace: true }), {
        ...slot,
        programId: shot.id,
        createdQdisc: false,
      });
      assert.equal(queryClsact(slot), shot.id);
      assert.deepEqual(detachClsact(slot), { removedFilter: true, removedQdisc: false });
      assert.deepEqual(detachClsact(slot), { removedFilter: false, removedQdisc: false });
      assert.equal(queryClsact(slot), undefined);
      assert.match(ip(["-json", "link", "show", "left"]), /left/);
    });
  });
}

kernelTest("attachTcx() and attachClsact() run the program", () => {
  using network = new TestNetwork();
  using object = loadC(TC_SHOT);
  network.inside(() => {
    const { ifindex } = interfaceByName("lo");
    assert.equal(sends(), true);
    {
      using link = attachTcx(object.program(), { ifindex, direction: "egress" });
      assert.equal(sends(), false);
      using other = loadC(TC_UNSPEC);
      link.update(other.program(), { expected: object.program() });
      assert.equal(sends(), true);
      assert.throws(
        () => link.update(other.program(), { expected: object.program() }),
        /another program than the expected one/,
      );
    }
    const slot = { ifindex, direction: "egress", handle: 1, priority: 1 } as const;
    attachClsact(object.program(), slot);
    assert.equal(sends(), false);
    detachClsact(slot, { removeQdisc: true });
    assert.equal(sends(), true);
  });
});

kernelTest("attachTcx() says what is wrong with the program or the interface", () => {
  using network = new TestNetwork();
  using object = loadC(`${XDP_PASS}\n${TC_UNSPEC}`);
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    const direction = "ingress";
    assert.throws(() => attachTcx(object.program("pass"), { ifindex, direction }), /is of type xdp, not schedCls/);
    assert.throws(() => attachTcx(object.program("unspec"), { ifindex: 9999, direction }), /no such interface/);
    assert.throws(() => queryTcx({ ifindex: 9999, direction }), { errnoName: "ENODEV" });
  });
});

kernelTest("isTcxAvailable() finds TCX on this kernel", () => {
  assert.equal(isTcxAvailable(), true);
});

kernelTest("attachClsact() says what is wrong with the program, the interface or the place", () => {
  using network = new TestNetwork();
  using object = loadC(`${XDP_PASS}\n${TC_UNSPEC}`);
  network.inside(() => {
    const slot = { ifindex: interfaceByName("left").ifindex, direction: "ingress", handle: 1, priority: 1 } as const;
    assert.throws(() => attachClsact(object.program("pass"), slot), /the program is of type xdp, not schedCls/);
    assert.doesNotMatch(qdiscs("left"), /clsact/);
    assert.throws(
      () => attachClsact(object.program("unspec"), { ...slot, ifindex: 9999 }),
      /returned ENODEV, there is no such interface/,
    );
    assert.throws(() => attachClsact(object.program("unspec"), { ...slot, priority: 0 }), RangeError);
    assert.throws(() => attachClsact(object.program("unspec"), { ...slot, priority: 70_000 }), RangeError);
  });
});

kernelTest("attachClsact() refuses egress where an ingress qdisc would run the program at ingress", () => {
  using network = new TestNetwork();
  using object = loadC(TC_SHOT);
  network.inside(() => {
    assert.equal(run("tc", ["qdisc", "add", "dev", "lo", "ingress"]).stderr, "");
    const slot = { ifindex: interfaceByName("lo").ifindex, handle: 1, priority: 1 };
    assert.throws(() => attachClsact(object.program(), { ...slot, direction: "egress" }), /its qdisc is "ingress"/);
    assert.equal(sends(), true);
    assert.equal(attachClsact(object.program(), { ...slot, direction: "ingress" }).createdQdisc, false);
    assert.equal(sends(), true);
    assert.equal(queryClsact({ ...slot, direction: "ingress" }), object.program().id);
  });
});

kernelTest("detachClsact() removes the qdisc only when no filter is left in either direction", () => {
  using network = new TestNetwork();
  using object = loadC(TC_UNSPEC);
  const before = openDescriptors();
  network.inside(() => {
    const { ifindex } = interfaceByName("left");
    const mine = { ifindex, direction: "ingress", handle: 1, priority: 10 } as const;
    const foreign = { ifindex, direction: "egress", handle: 1, priority: 10 } as const;
    assert.equal(attachClsact(object.program(), mine).createdQdisc, true);
    assert.equal(attachClsact(object.program(), foreign).createdQdisc, false);
    assert.match(qdiscs("left"), /clsact/);
    assert.deepEqual(detachClsact(mine, { removeQdisc: true }), { removedFilter: true, removedQdisc: false });
    assert.equal(queryClsact(foreign), object.program().id);
    assert.deepEqual(detachClsact(foreign, { removeQdisc: true }), { removedFilter: true, removedQdisc: true });
    assert.doesNotMatch(qdiscs("left"), /clsact/);
    assert.deepEqual(detachClsact(foreign, { removeQdisc: true }), { removedFilter: false, removedQdisc: false });
  });
  assert.deepEqual(openDescriptors(), before);
});

kernelTest("detachClsact() keeps a qdisc that holds a filter of another kind and priority", () => {
  using network = new TestNetwork();
  using object = loadC(TC_UNSPEC);
  network.inside(() => {
    const slot = { ifindex: interfaceByName("left").ifindex, direction: "ingress", handle: 1, priority: 10 } as const;
    attachClsact(object.program(), slot);
    const u32 = ["filter", "add", "dev", "left", "ingress", "prio", "99", "u32", "match", "u32", "0", "0"];
    assert.equal(run("tc", u32).stderr, "");
    assert.deepEqual(detachClsact(slot, { removeQdisc: true }), { removedFilter: true, removedQdisc: false });
    assert.match(qdiscs("left"), /clsact/);
  });
});

function qdiscs(device: string): string {
  return new TextDecoder().decode(run("tc", ["qdisc", "show", "dev", device]).stdout);
}
