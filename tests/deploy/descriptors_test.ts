import assert from "node:assert/strict";
import { attachXdp } from "../../lib/kernel/xdp.ts";
import { detach, detachInterface, list, loadCprog, stats } from "../../mod.ts";
import { compileC, loadC, openDescriptors, XDP_PASS } from "../kernel/support.ts";
import {
  FILTER_A,
  FILTER_B,
  kernelTest,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
} from "./support.ts";

/** How many descriptors the process has. */
function countDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

skipMissingPlaces("descriptors");
for (const place of PLACES) {
  kernelTest(`no command keeps a descriptor, at ${place.title}`, async () => {
    const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
    using network = new QuietNetwork();
    const cycle = () => {
      network.attach(a, place);
      network.attach(b, place, { replace: true });
      network.attach(a, place, { replace: true, name: `${network.name}-2` });
      network.inside(() => {
        list();
        stats(`${network.name}-2`);
        detach(`${network.name}-2`);
      });
      network.attach(a, place);
      assert.throws(() => network.attach(b, place));
      assert.throws(() => network.attach(b, place, { interface: "nosuch0" }));
      assert.throws(() => network.inside(() => stats("nosuch")));
      network.inside(() => detachInterface("left"));
    };
    // Libraries are opened and buffers made by the first.
    cycle();
    const [before, named] = [countDescriptors(), openDescriptors()];
    for (let turn = 0; turn < 10; turn++) cycle();
    assert.deepEqual(openDescriptors(), named);
    assert.equal(countDescriptors(), before);
  });
}

kernelTest("no refusal keeps a descriptor", async () => {
  const place = placeOf("XDP native");
  const a = await prepare(FILTER_A, place);
  const bad = compileC(`SEC("xdp") int kefir(struct xdp_md *ctx) { return *(char *)(long)ctx->data; }`);
  using network = new QuietNetwork();
  using foreign = loadC(XDP_PASS);
  const cycle = () => {
    assert.throws(() => loadCprog(a.cprog, { ...a.object, elf: bad }), { name: "VerifierError" });
    assert.throws(() => network.attach(a, place, { interface: "lo" }), { errnoName: "EOPNOTSUPP" });
    assert.throws(() => network.attach(a, place, { mode: "offload" }));
    using _link = network.inside(() => attachXdp(foreign.program(), { ifindex: network.ifindex(), mode: "native" }));
    assert.throws(() => network.attach(a, place), { errnoName: "EEXIST" });
    network.attach(a, place, { force: true });
    network.inside(() => detach(network.name));
  };
  cycle();
  const [before, named] = [countDescriptors(), openDescriptors()];
  for (let turn = 0; turn < 10; turn++) cycle();
  assert.deepEqual(openDescriptors(), named);
  assert.equal(countDescriptors(), before);
});
