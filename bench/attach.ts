/**
 * Wall time of `kefir attach`, the whole process: `deno run -A bench/attach.ts [RUNS]`, as root.
 *
 * Attaches a filter of ten rules to a veth interface in a network namespace of its own, without the object in the cache and
 * with it, and then text files of 10 000 and 100 000 rules, without. The first line is what Deno takes to start and to read
 * the command line's modules.
 *
 * @module
 */

import { makeRuleSet, type RuleSetStyle, STYLES } from "../tests/classbench/rule_sets.ts";

const RUNS = Number(Deno.args[0] ?? 15);
const TARGETS_MS = { cold: 400, warm: 150 };
/** Text files of so many rules are attached fewer times. */
const LARGE = [{ rules: 10_000, targetMs: 1_500 }, { rules: 100_000, targetMs: 4_000 }] as const;
const LARGE_RUNS = Math.ceil(RUNS / 5);

const RULES = `
drop ip.src in 10.0.0.0/8 and tcp.dstport in {22, 80..90}
pass eth.type == arp
drop ip.src == 192.0.2.0/24
drop udp.dstport == 53 and ip.ttl < 10
drop ipv6.src in 2001:db8::/32
pass ip.proto == icmp
drop ipv6.hlim < 3 and tcp.dstport == 25
drop vlan.id == 100
drop udp.srcport in {123, 1900}
pass ip.dsfield == 0xb8/0xfc
`;

const HOOKS: readonly (readonly [string, readonly string[]])[] = [
  ["xdp native", []],
  ["xdp generic", ["--mode", "generic"]],
  ["tc-ingress, tcx", ["--hook", "tc-ingress"]],
  ["tc-egress, clsact", ["--hook", "tc-egress", "--tc", "clsact"]],
];

const CLI = new URL("../cli.ts", import.meta.url).pathname;
const netns = `kefir-bench-${Deno.pid}`;
const name = `bench-${Deno.pid}`;
const directory = Deno.makeTempDirSync();
const denoDir = JSON.parse(run(Deno.execPath(), "info", "--json"))["denoDir"];

try {
  run("ip", "netns", "add", netns);
  run("ip", "-n", netns, "link", "add", "left", "type", "veth", "peer", "name", "right");
  for (const device of ["left", "right"]) run("ip", "-n", netns, "link", "set", device, "up");
  Deno.writeTextFileSync(`${directory}/ten.kefir`, RULES);

  print("kefir --version", measure(() => kefir("cache", "--version")));
  for (const [hook, options] of HOOKS) {
    const attach = (cache: string) =>
      kefir(cache, "attach", "left", `${directory}/ten.kefir`, "--name", name, ...options);
    const after = () => kefir("cache", "detach", name);
    let run = 0;
    print(`attach, ${hook}, not in the cache`, measure(() => attach(`cold-${hook}-${run++}`), after), TARGETS_MS.cold);
    print(`attach, ${hook}, in the cache`, measure(() => attach("cache"), after), TARGETS_MS.warm);
  }
  for (const { rules, targetMs } of LARGE) {
    const text = makeRuleSet(STYLES["access lists"] as RuleSetStyle, { rules, seed: 1 });
    Deno.writeTextFileSync(`${directory}/large.rules`, text);
    const attach = () =>
      kefir("cache", "attach", "left", `${directory}/large.rules`, "--syntax", "classbench", "--no-cache");
    const times = measure(attach, () => kefir("cache", "detach", "--interface", "left"), LARGE_RUNS);
    print(`attach, xdp native, ${rules} rules, no cache`, times, targetMs);
  }
} finally {
  // Of a run that failed: from outside the namespace it would be there for good.
  kefir("cache", "detach", "--interface", "left");
  run("ip", "netns", "delete", netns);
  Deno.removeSync(directory, { recursive: true });
}

/** Times of `body` in milliseconds, in ascending order; a first run is not counted. */
function measure(body: () => void, after: () => void = () => {}, runs = RUNS): number[] {
  const times: number[] = [];
  for (let turn = 0; turn <= runs; turn++) {
    const start = performance.now();
    body();
    if (turn > 0) times.push(performance.now() - start);
    after();
  }
  return times.sort((a, b) => a - b);
}

function print(what: string, times: readonly number[], targetMs?: number): void {
  const [min, median, max] = [times[0]!, times[times.length >> 1]!, times.at(-1)!].map((one) => `${one.toFixed(0)} ms`);
  const target = targetMs === undefined ? "" : `  (target ${targetMs} ms)`;
  console.log(`${what.padEnd(45)} min ${min}  median ${median}  max ${max}${target}`);
}

/** The command line in the namespace, with a cache of that name. */
function kefir(cache: string, ...args: readonly string[]): void {
  // Deno's own cache stays where it is: XDG_CACHE_HOME would move that too.
  const environment = [`DENO_DIR=${denoDir}`, `XDG_CACHE_HOME=${directory}/${cache.replaceAll(/\W/g, "_")}`];
  run("nsenter", `--net=/run/netns/${netns}`, "env", ...environment, Deno.execPath(), "run", "-A", CLI, ...args);
}

function run(command: string, ...args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
