/**
 * The commands that fill the map of a linear program, run by the real bpftool and by a shell.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  compileCprog,
  type Cprog,
  type CprogOptions,
  createCprog,
  evaluate,
  loadCprog,
  type LoadedObject,
  type MapReference,
  mapUpdateCommands,
  openObject,
  parseFilter,
} from "../../mod.ts";
import { runCli } from "../cli/run_cli.ts";
import { Scratch } from "../cli/scratch.ts";
import { ethernet, frame, ipv4, ipv6, tcp, udp, vlan } from "../packets/build.ts";
import { kernelTest, run, TestPins } from "./support.ts";

const NARROW = "drop ip.src in 10.0.0.0/8 and tcp.dstport not in {22, 80..90}\npass vlan.id == 5\ndrop l4.port == 53\n";
const WIDE = `${NARROW}drop ipv6.src == 2001:db8::/32 and ipv6.dst != ::1\ndefault drop\npass udp.port >= 1000`;

/** At least what the kernel takes at TC: an IP header behind an IP type. */
const PACKETS = [
  frame(ethernet(), ipv4({ src: "10.1.2.3" }), tcp({ dst: 443 })),
  frame(ethernet(), ipv4({ src: "10.1.2.3" }), tcp({ dst: 85 })),
  frame(ethernet(), ipv4({ src: "11.1.2.3" }), udp({ dst: 53 })),
  frame(ethernet(), ipv4({ src: "11.1.2.3" }), udp({ dst: 1053 })),
  frame(ethernet(), ipv6({ src: "2001:db8::9" }), udp({ dst: 1053 })),
  frame(ethernet(), ipv6({ src: "2001:db9::9" }), tcp({ dst: 1 })),
  frame(ethernet(), vlan({ id: 5 }), ipv4(), udp({ dst: 53 })),
];

for (
  const [what, text, options] of [
    ["of narrow values", NARROW, { hook: "xdp" }],
    ["of wide values", WIDE, { hook: "xdp" }],
    ["at TC", WIDE, { hook: "tc-ingress" }],
    ["that is empty", "", { hook: "xdp" }],
  ] satisfies [string, string, CprogOptions][]
) {
  kernelTest(`mapUpdateCommands() fills the map of a linear program ${what} as loadCprog() does`, async () => {
    const cprog = linear(text, options);
    using pins = new TestPins();
    using byKefir = loadCprog(cprog, await compileCprog(cprog));
    using byHand = await loadUnfilled(cprog);
    const map = byHand.map("kefir_rules");
    const pinned = `${pins.path}/rules`;
    map.pin(pinned);
    const expected = byKefir.object.map("kefir_rules").readAll();
    // A program whose only step is to pass by default is all zeros but for its verdict.
    assert.notDeepEqual(map.readAll(), expected);
    const references: MapReference[] = [{ id: map.id }, { pinned }];
    for (const [index, reference] of references.entries()) {
      map.writeAll(new Uint8Array(expected.length));
      for (const { argv, text: line } of mapUpdateCommands(cprog, { map: reference })) {
        const [command = "", ...args] = index === 0 ? argv : ["sh", "-c", line];
        const { success, stderr } = run(command, args);
        assert.ok(success, stderr);
      }
      assert.deepEqual(map.readAll(), expected);
    }
    for (const packet of PACKETS) {
      const wanted = evaluate(cprog.filter, packet).action;
      const { returnValue } = byHand.program().testRun({ data: new Uint8Array(packet.bytes) });
      assert.equal(returnValue, cprog.hook.verdicts[wanted]);
    }
  });
}

kernelTest("what bpftool loaded is filled by the lines of compile --emit map-commands", async () => {
  using scratch = new Scratch();
  using pins = new TestPins();
  const rules = scratch.write("rules.kefir", WIDE);
  const shape = [rules, "--strategy", "linear", "--hook", "tc-egress"];
  const object = `${scratch.path}/rules.o`;
  assert.equal((await runCli(["compile", ...shape, "-o", object])).code, 0);
  bpftool("prog", "load", object, `${pins.path}/program`, "type", "classifier", "pinmaps", `${pins.path}/maps`);
  const pinned = `${pins.path}/maps/kefir_rules`;
  const { code, stdout } = await runCli(["compile", ...shape, "--emit", "map-commands", "--map", `pinned:${pinned}`]);
  assert.equal(code, 0);
  // Many lines at once, as docs/attributes.md has it.
  const lines = scratch.write("commands", stdout);
  const { success, stderr } = run("sh", ["-ec", `sed 's/^bpftool //' ${lines} | bpftool batch file -`]);
  assert.ok(success, stderr);

  const cprog = linear(WIDE, { hook: "tc-egress" });
  using loaded = loadCprog(cprog, await compileCprog(cprog));
  const dumpOf = (...map: string[]) => JSON.parse(bpftool("-j", "map", "dump", ...map)) as { value: unknown }[];
  const dump = dumpOf("pinned", pinned);
  assert.ok(dump.length >= 16);
  assert.deepEqual(dump, dumpOf("id", String(loaded.object.map("kefir_rules").id)));
});

Deno.test("mapUpdateCommands() has a command for each step, with all bytes in hexadecimal", () => {
  const commands = [...mapUpdateCommands(linear("drop ip.ttl == 7", { hook: "xdp" }))];
  assert.equal(commands.length, 3);
  for (const [index, { argv, text }] of commands.entries()) {
    assert.equal(argv.join(" "), text);
    assert.deepEqual(argv.slice(0, 5), ["bpftool", "map", "update", "name", "kefir_rules"]);
    assert.deepEqual(argv.slice(5, 12), ["key", "hex", `0${index}`, "00", "00", "00", "value"]);
    assert.equal(argv[12], "hex");
    assert.ok(argv.length === 13 + 40 && argv.slice(13).every((byte) => /^[0-9a-f]{2}$/.test(byte)));
  }
});

Deno.test("mapUpdateCommands() leaves nothing of a path to the shell", () => {
  const pinned = '/sys/fs/bpf/it\'s $(id); `x` "y" *';
  const [command] = mapUpdateCommands(linear("", {}), { map: { pinned } });
  assert.equal(command?.argv[4], pinned);
  const { stdout } = run("sh", ["-c", (command?.text ?? "").replace(/^bpftool/, "printf '%s\\n'")]);
  assert.deepEqual(new TextDecoder().decode(stdout).trimEnd().split("\n"), command?.argv.slice(1));
});

const MANY = Array.from({ length: 400 }, (_, index) => `10.${index >> 8}.${index & 255}.1`).join(", ");

for (
  const [what, text, strategy] of [
    ["of inline", "drop ip.ttl == 7", "inline"],
    ["of classes", "drop ip.ttl == 7", "classes"],
    ["of tuple", "drop ip.ttl == 7", "tuple"],
    ["whose sets are looked up", `drop ip.src in {${MANY}}`, "linear"],
  ] as const
) {
  Deno.test(`mapUpdateCommands() refuses a program ${what}`, () => {
    const cprog = createCprog(parseFilter(text).filter, { strategy });
    assert.throws(() => mapUpdateCommands(cprog), /^RangeError: Cannot fill the maps of "filter" by commands: /);
  });
}

for (
  const map of [
    { id: 0 },
    { id: -1 },
    { id: 1.5 },
    { id: NaN },
    { id: 2 ** 32 },
    { pinned: "" },
    { pinned: "/sys/fs/bpf/a\nb" },
    { pinned: "/sys/fs/bpf/a\0" },
    { name: "" },
    { name: "a b" },
    { name: "a".repeat(16) },
  ]
) {
  Deno.test(`mapUpdateCommands() refuses the map ${Deno.inspect(map)}`, () => {
    assert.throws(() => mapUpdateCommands(linear("", {}), { map }), /^RangeError: Cannot name the map/);
  });
}

Deno.test("compile --map is for map-commands, and these are for linear", async () => {
  const usage = async (...args: string[]) => (await runCli(["compile", "-", ...args], { stdin: "pass" })).code;
  assert.equal(await usage("--map", "id:7"), 1);
  assert.equal(await usage("--emit", "map-commands", "--strategy", "classes"), 1);
  for (const map of ["7", "id:", "id:x", "id:0", "id:99999999999", "pinned:", "path:/a", "name:a b"]) {
    assert.equal(await usage("--emit", "map-commands", "--strategy", "linear", "--map", map), 1, map);
  }
  assert.equal(await usage("--emit", "map-commands", "--strategy", "linear", "--map", "id:7"), 0);
});

function linear(text: string, options: CprogOptions): Cprog {
  return createCprog(parseFilter(text).filter, { ...options, strategy: "linear" });
}

/** As a loader does that knows nothing of kefir. */
async function loadUnfilled(cprog: Cprog): Promise<LoadedObject> {
  const { elf } = await compileCprog(cprog, { complete: true });
  using open = openObject(elf, { name: "by_hand" });
  return open.load();
}

function bpftool(...args: string[]): string {
  const { success, stdout, stderr } = run("bpftool", args);
  assert.ok(success, stderr);
  return new TextDecoder().decode(stdout);
}
