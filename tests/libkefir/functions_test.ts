/**
 * What programs of libkefir do, done with kefir: its functions one after the other, and its shortcuts.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  attach,
  attachLoadedFilter,
  bytesForType,
  compileC,
  compileCprog,
  type ConcreteField,
  createCprog,
  createMatch,
  createRule,
  detach,
  dissect,
  evaluate,
  FIELDS,
  Filter,
  findField,
  loadCprog,
  loadFilter,
  mapContents,
  parseRule,
  printFilter,
  readField,
} from "../../mod.ts";
import { openProgramById } from "../../lib/kernel/program.ts";
import { runCli } from "../cli/run_cli.ts";
import { Scratch } from "../cli/scratch.ts";
import { placeOf, QuietNetwork, Traffic } from "../deploy/support.ts";
import { ethernet, frame, ipv4, udp } from "../packets/build.ts";
import { ip, kernelTest, openDescriptors, randomName, run } from "../kernel/support.ts";

const TEXT = "drop udp.dstport == 1001\npass\n";

Deno.test("bytesForType() has the bytes that libkefir has, for each of its 40 types", () => {
  const bytes = FIELDS.flatMap(({ name, libkefir }) => libkefir ? [[libkefir.number, bytesForType(name)] as const] : [])
    .sort(([a], [b]) => a - b).map(([, count]) => count);
  assert.deepEqual(bytes, [
    ...[6, 6, 6, 2], // Ethernet
    ...[4, 4, 4, 1, 1, 1, 4, 2, 2, 2], // IPv4
    ...[16, 16, 16, 1, 1, 1, 4, 2, 2, 2], // IPv6
    ...[1, 1, 1, 4, 2, 2, 2], // either
    ...[2, 1, 2, 2, 1, 2, 2, 1, 2], // VLAN: id, priority, type
  ]);
});

Deno.test("createMatch() takes bytes in packet order and numbers in host order, as libkefir's flag says which", () => {
  const type = "ip.l4.dstport";
  const inNetworkOrder = createMatch({
    field: type,
    value: Uint8Array.of(0x1f, 0x90),
    mask: Uint8Array.of(0xff, 0xf0),
  });
  assert.deepEqual(inNetworkOrder, createMatch({ field: type, value: 8080, mask: 0xfff0 }));
  assert.deepEqual(createRule({ matches: [inNetworkOrder], action: "drop" }).matches, [inNetworkOrder]);
});

Deno.test("a rule may have more matches than the 5 of libkefir, and all of them count", () => {
  const fields = ["ip.ttl", "ip.proto", "ip.dsfield", "ip.src", "ip.dst", "eth.type", "udp.dstport", "udp.srcport"];
  const packet = frame(ethernet(), ipv4(), udp());
  const valueOf = (field: string) => readField(findField(field) as ConcreteField, dissect(packet)) as bigint;
  const matches = fields.map((field) => ({ field, value: valueOf(field) }));
  const actionOf = (some: typeof matches) =>
    evaluate(new Filter({ rules: [{ matches: some, action: "drop" }] }), packet).action;
  assert.equal(actionOf(matches), "drop");
  for (const [index, match] of matches.entries()) {
    assert.equal(actionOf(matches.with(index, { ...match, value: match.value ^ 1n })), "pass", match.field);
  }
  createCprog(new Filter({ rules: [{ matches, action: "drop" }] }));
});

Deno.test("filter.size is the number of rules", () => {
  const filter = new Filter();
  assert.equal(filter.size, 0);
  filter.add({ action: "drop" }).add({ action: "pass" });
  assert.equal(filter.size, 2);
  filter.delete(0);
  assert.equal(filter.size, 1);
});

for (
  const [syntax, words] of [
    ["ethtool", ["flow-type", "udp4", "src-ip", "10.0.0.0", "m", "0.255.255.255", "dst-port", "1001", "action", "-1"]],
    ["tc-flower", ["protocol", "ip", "flower", "ip_proto", "udp", "dst_port", "1001", "action", "drop"]],
  ] as const
) {
  Deno.test(`parseRule() reads words and a text of ${syntax} alike`, () => {
    const [one, other] = [parseRule(words, { syntax }), parseRule(words.join(" "), { syntax })];
    assert.deepEqual(one.rule.matches, other.rule.matches);
    assert.equal(new Filter().add(one.rule).add(other.rule, 0).size, 2);
  });
}

Deno.test("loadFilter() gives back what was saved to a file in libkefir's JSON", async () => {
  using scratch = new Scratch();
  const filter = new Filter({
    rules: [{ matches: [{ field: "l4.port", operator: "<", value: 1024 }], action: "drop" }],
  });
  const path = scratch.write("filter.json", printFilter(filter, "libkefir"));
  assert.deepEqual((await loadFilter(path)).filter.rules, filter.rules);
  const converted = await runCli(["convert", path, "--to", "libkefir"]);
  assert.deepEqual([converted.code, converted.stdout], [0, Deno.readTextFileSync(path)]);
});

Deno.test("cprog.text is what compile prints, and what it writes to a file", async () => {
  using scratch = new Scratch();
  const rules = scratch.write("web.kefir", TEXT);
  const { filter } = await loadFilter(rules);
  const { text } = createCprog(filter, { name: "web" });
  assert.equal((await runCli(["compile", rules])).stdout, text);
  assert.equal((await runCli(["compile", rules, "-o", `${scratch.path}/web.c`])).code, 0);
  assert.equal(Deno.readTextFileSync(`${scratch.path}/web.c`), text);
});

Deno.test("createCprog() keeps a clone: what becomes of the filter does not reach it", () => {
  const filter = new Filter({ rules: [{ matches: [{ field: "ip.ttl", value: 1 }], action: "drop" }] });
  const cprog = createCprog(filter, { strategy: "linear" });
  const [text, values] = [cprog.text, mapContents(cprog)];
  filter.delete(0);
  filter.defaultAction = "drop";
  assert.deepEqual([cprog.text, mapContents(cprog)], [text, values]);
  assert.deepEqual([cprog.filter.size, cprog.filter.defaultAction], [1, "pass"]);
  assert.notEqual(createCprog(filter, { strategy: "linear" }).text, text);
});

kernelTest(
  "filters and C programs hold nothing that would have to be destroyed, a loaded program is disposed",
  async () => {
    const before = openDescriptors();
    const cprog = createCprog((await textFilter(TEXT)).clone());
    const object = await compileC(cprog.text);
    for (const value of [cprog, cprog.filter, object]) assert.ok(!(Symbol.dispose in value));
    assert.deepEqual(openDescriptors(), before);
    const loaded = loadCprog(cprog, object);
    const { id } = loaded.program;
    assert.notDeepEqual(openDescriptors(), before);
    loaded[Symbol.dispose]();
    assert.deepEqual(openDescriptors(), before);
    assert.throws(() => openProgramById(id), { errnoName: "ENOENT" });
  },
);

kernelTest(
  "loadCprog() fills the maps and gives the program's descriptor; attachLoadedFilter() attaches it, and not before",
  async () => {
    using network = new QuietNetwork();
    const cprog = createCprog(await textFilter(TEXT), { strategy: "linear" });
    using loaded = loadCprog(cprog, await compileCprog(cprog));
    assert.equal(Deno.readLinkSync(`/proc/self/fd/${loaded.program.fd}`), "anon_inode:bpf-prog");
    const [contents] = mapContents(cprog);
    assert.ok(contents !== undefined);
    assert.deepEqual(loaded.object.map(contents.map).readAll(), contents.values);
    const { stdout } = run("bpftool", ["-j", "net", "show"]);
    assert.ok(!new TextDecoder().decode(stdout).includes(`"id":${loaded.program.id},`));
    using traffic = network.openTraffic(placeOf("XDP native"));
    assert.deepEqual(traffic.probe([1001, 1002]), [1001, 1002]);
    const attached = network.inside(() => attachLoadedFilter(loaded, { interface: "left", name: network.name }));
    assert.equal(attached.programId, loaded.program.id);
    assert.deepEqual(traffic.probe([1001, 1002]), [1002]);
  },
);

kernelTest("attach() does in one call what the steps do, with all of their options", async () => {
  // In the namespace of the host, since it compiles meanwhile: a pair of interfaces that nothing else uses.
  const [left, right] = ["l", "r"].map((end) => `kf${end}${randomName()}`) as [string, string];
  ip(["link", "add", left, "type", "veth", "peer", "name", right]);
  try {
    for (const device of [left, right]) ip(["link", "set", device, "up"]);
    using traffic = new Traffic(right, left);
    const filter = await textFilter("drop udp.dstport == 1001\npass udp.dstport == 1002");
    const plain = await attach(filter, { interface: left });
    assert.deepEqual([plain.description.hook, plain.description.mode], ["xdp", "native"]);
    assert.deepEqual(traffic.probe([1001, 1002]), [1002]);
    assert.deepEqual(plain.stats().rules.map(({ packets }) => packets), [1, 1]);
    plain.detach();
    assert.deepEqual(traffic.probe([1001, 1002]), [1001, 1002]);

    const settings = { hook: "tc-ingress", strategy: "linear", name: `t${randomName()}`, logLevel: 1 } as const;
    const compiler = { clang: "clang", optimisation: "2", cache: false } as const;
    const set = await attach(filter, { interface: left, ...settings, ...compiler });
    assert.deepEqual([set.name, set.description.hook, set.description.strategy], [
      settings.name,
      "tc-ingress",
      "linear",
    ]);
    assert.match(set.verifierLog, /^processed \d+ insns/m);
    assert.equal(set.cached, false);
    assert.deepEqual(traffic.probe([1001, 1002]), [1002]);
    detach(settings.name);
    assert.deepEqual(traffic.probe([1001, 1002]), [1001, 1002]);
  } finally {
    ip(["link", "delete", left]);
  }
});

async function textFilter(text: string): Promise<Filter> {
  using scratch = new Scratch();
  return (await loadFilter(scratch.write("rules", text))).filter;
}
