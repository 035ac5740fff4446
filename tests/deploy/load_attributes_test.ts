/**
 * Where and how a program is attached, told by what ip(8) and bpftool(8) say of the interface.
 *
 * @module
 */

import assert from "node:assert/strict";
import { attachXdp } from "../../lib/kernel/xdp.ts";
import { loadC, XDP_PASS } from "../kernel/support.ts";
import { detachInterface, loadCprog, type XdpMode } from "../../mod.ts";
import {
  FILTER_A,
  FILTER_B,
  kernelTest,
  listed,
  load,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  run,
  skipMissingPlaces,
} from "./support.ts";

/** XDP_ATTACHED_DRV, XDP_ATTACHED_SKB (linux/if_link.h), and what bpftool calls them. */
const SHOWN: Readonly<Record<Exclude<XdpMode, "offload">, readonly [ip: number, bpftool: string]>> = {
  native: [1, "driver"],
  generic: [2, "generic"],
};

const XDP = placeOf("XDP native");

for (const mode of ["native", "generic"] as const) {
  const [shownByIp, shownByBpftool] = SHOWN[mode];
  kernelTest(`the mode ${mode} is what ip and bpftool show, also when a program was replaced`, async () => {
    const [a, b] = [await prepare(FILTER_A, XDP, "inline"), await prepare(FILTER_B, XDP, "inline")];
    using network = new QuietNetwork();
    for (const [prepared, replace] of [[a, false], [b, true]] as const) {
      const { programId } = network.attach(prepared, placeOf(`XDP ${mode}`), { replace });
      assert.deepEqual(shownXdp(network), { ip: [shownByIp, programId], bpftool: [[shownByBpftool, programId]] });
    }
  });
}

kernelTest("an interface can be given by its number, wherever it can be by its name", async () => {
  using network = new QuietNetwork();
  const ifindex = network.ifindex();
  for (const place of PLACES) {
    const prepared = await prepare(FILTER_A, place);
    for (const which of [ifindex, String(ifindex)]) {
      const { programId } = network.attach(prepared, place, { interface: which });
      const { interface: name, ifindex: found } = listed(network.name)!;
      assert.deepEqual([name, found], ["left", ifindex]);
      const [detached, ...rest] = network.inside(() => detachInterface(which));
      assert.deepEqual([detached?.name, detached?.programId, rest.length], [network.name, programId, 0]);
    }
  }
});
skipMissingPlaces("an interface can be given by its number");

kernelTest("a program of somebody else's stays, XDP_FLAGS_UPDATE_IF_NOEXIST, unless it is forced out", async () => {
  const a = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  using foreign = loadC(XDP_PASS);
  const { id } = foreign.program();
  using _link = network.inside(() => attachXdp(foreign.program(), { ifindex: network.ifindex(), mode: "native" }));
  const before = shownXdp(network);
  assert.deepEqual(before, { ip: [1, id], bpftool: [["driver", id]] });
  for (const options of [{}, { replace: true }]) {
    assert.throws(() => network.attach(a, XDP, options), { errnoName: "EEXIST" });
    assert.deepEqual(shownXdp(network), before);
  }
  const { programId } = network.attach(a, XDP, { force: true });
  assert.deepEqual(shownXdp(network), { ip: [1, programId], bpftool: [["driver", programId]] });
});

kernelTest("kefir's own program stays unless it is to be replaced, XDP_FLAGS_REPLACE", async () => {
  const [a, b] = [await prepare(FILTER_A, XDP, "inline"), await prepare(FILTER_B, XDP, "inline")];
  using network = new QuietNetwork();
  const { programId } = network.attach(a, XDP);
  for (const options of [{}, { force: true }]) {
    assert.throws(() => network.attach(b, XDP, options), { errnoName: "EEXIST" });
    assert.deepEqual(shownXdp(network).ip, [1, programId]);
  }
  const next = network.attach(b, XDP, { replace: true }).programId;
  assert.notEqual(next, programId);
  assert.deepEqual(shownXdp(network).ip, [1, next]);
});

kernelTest("the log of a program that the verifier takes is of the level that was asked for", async () => {
  const prepared = await prepare(FILTER_A, XDP);
  using quiet = load(prepared);
  assert.equal(quiet.object.verifierLog, "");
  const logs = ([1, 2, 4, 6] as const).map((logLevel) => {
    using loaded = loadCprog(prepared.cprog, prepared.object, { logLevel });
    return loaded.object.verifierLog;
  });
  for (const log of logs) assert.match(log, /^processed \d+ insns/m);
  // `12: (b7) r0 = 1`: instructions are in the second and the last.
  assert.deepEqual(logs.map((log) => /^\d+: \(b7\) r\d = /m.test(log)), [false, true, false, true]);
  assert.throws(() => loadCprog(prepared.cprog, prepared.object, { logLevel: 8 as 0 }), {
    name: "RangeError",
    message: /log level 8: it should be 0 to 7/,
  });
});

/** What ip and bpftool say of the XDP programs of `left`: mode and number. */
function shownXdp(network: QuietNetwork): { ip: unknown; bpftool: unknown } {
  return network.inside(() => {
    const [{ xdp }] = runJson("ip", ["-j", "-d", "link", "show", "left"]);
    const [net] = runJson("bpftool", ["-j", "net", "show", "dev", "left"]);
    return {
      ip: xdp === undefined ? undefined : [xdp.mode, xdp.prog.id],
      bpftool: net.xdp.map((one: { mode: string; id: number }) => [one.mode, one.id]),
    };
  });
}

function runJson(command: string, args: readonly string[]) {
  const { success, stdout, stderr } = run(command, args);
  assert.ok(success, stderr);
  return JSON.parse(new TextDecoder().decode(stdout));
}
