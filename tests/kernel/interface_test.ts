import assert from "node:assert/strict";
import {
  currentNetns,
  findInterface,
  formatInterface,
  interfaceByIndex,
  interfaceByName,
  isEthernet,
  isInterfaceName,
} from "../../lib/kernel/interface.ts";
import { ip, kernelTest, openDescriptors, TestNetwork } from "./support.ts";

kernelTest("interfaceByName() gives index, hardware type and MTU", () => {
  using network = new TestNetwork();
  ip(["-n", network.netns, "link", "set", "left", "mtu", "1400"]);
  const before = openDescriptors();
  network.inside(() => {
    const lo = interfaceByName("lo");
    assert.deepEqual(lo, { name: "lo", ifindex: 1, hardwareType: 772, mtu: 65536 });
    const left = interfaceByName("left");
    assert.equal(left.hardwareType, 1);
    assert.equal(left.mtu, 1400);
    assert.deepEqual(interfaceByIndex(left.ifindex), left);
    assert.equal(interfaceByIndex(9999), undefined);
    assert.equal(formatInterface(left.ifindex), `"left" (ifindex ${left.ifindex})`);
    assert.equal(formatInterface(9999), "ifindex 9999");
    assert.ok(isEthernet(lo) && isEthernet(left));
  });
  assert.deepEqual(openDescriptors(), before);
});

kernelTest("isEthernet() is false for a TUN device", () => {
  using network = new TestNetwork();
  ip(["-n", network.netns, "tuntap", "add", "dev", "tun7", "mode", "tun"]);
  network.inside(() => assert.equal(isEthernet(interfaceByName("tun7")), false));
});

kernelTest("interfaceByName() throws NotFound for names that are not there", () => {
  assert.throws(() => interfaceByName("nope0"), {
    name: "NotFound",
    message: `Cannot find interface "nope0": this network namespace has none of that name`,
  });
});

Deno.test("interfaceByName() throws NotFound for names that cannot be, before asking", () => {
  for (const name of ["", "a/b", "a b", "a:b", "..", "a\0b", "sixteen-letters-", "täää-äääää"]) {
    assert.throws(() => interfaceByName(name), Deno.errors.NotFound, name);
    assert.throws(() => interfaceByName(name), /a name has 1 to 15 bytes/, name);
  }
});

Deno.test("isInterfaceName() takes what the kernel takes", () => {
  for (const name of ["eth0", "enp3s0f1np1", "fifteen-letters", "br-1.100", "veth@x"]) {
    assert.equal(isInterfaceName(name), true, name);
  }
});

kernelTest("currentNetns() names the calling thread's namespace", () => {
  using network = new TestNetwork();
  const outside = currentNetns();
  const inside = network.inside(currentNetns);
  assert.ok(outside > 0 && inside > 0 && outside !== inside);
  assert.equal(currentNetns(), outside);
  assert.equal(inside, Deno.statSync(`/run/netns/${network.netns}`).ino);
});

kernelTest("findInterface() takes a name, a number, and a number as text where no interface has that name", () => {
  using network = new TestNetwork();
  network.inside(() => {
    const left = interfaceByName("left");
    for (const which of ["left", left.ifindex, String(left.ifindex)]) assert.deepEqual(findInterface(which), left);
    // Digits may be a name, which goes before the number.
    ip(["link", "set", "right", "down"]);
    ip(["link", "set", "right", "name", String(left.ifindex)]);
    assert.notEqual(findInterface(String(left.ifindex)).ifindex, left.ifindex);
    assert.equal(findInterface(left.ifindex).name, "left");
  });
});

kernelTest(
  "findInterface() throws NotFound for a number that no interface has, and RangeError for one that none can",
  () => {
    for (const which of [9999, "9999", 2 ** 31 - 1]) {
      const message = `Cannot find interface ${which}: this network namespace has none of that number`;
      assert.throws(() => findInterface(which), { name: "NotFound", message });
    }
    for (const which of [0, -1, 1.5, NaN, 2 ** 31, "0", "99999999999999999999"]) {
      assert.throws(() => findInterface(which), { name: "RangeError", message: /as the number of an interface/ });
    }
  },
);
