import assert from "node:assert/strict";
import { queryTcx } from "../../lib/kernel/tc.ts";
import { queryXdp } from "../../lib/kernel/xdp.ts";
import { detach, list } from "../../mod.ts";
import type { Operation, Order, Outcome } from "./command.ts";
import {
  assertNoQdisc,
  assertRemoved,
  countsByPort,
  FILTER_A,
  FILTER_B,
  HAS_TCX,
  judge,
  kernelTest,
  pinsOf,
  PLACES,
  QuietNetwork,
  skipMissingPlaces,
} from "./support.ts";

/** How often a process is killed at each place; the moments are random, within the time of a few operations. */
const KILLS = Number(Deno.env.get("KEFIR_KILLS") ?? 8);
const LONGEST_LIFE_MS = 200;

/** Half of the places have data swaps, the others programs that take each other's place. */
function strategyOf(index: number): "tuple" | "auto" {
  return index % 2 === 0 ? "tuple" : "auto";
}

skipMissingPlaces("processes");
for (const [index, place] of PLACES.entries()) {
  kernelTest(`a command that is killed by SIGKILL leaves one filter or none, at ${place.title}`, async () => {
    using cache = new CacheDirectory();
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const names = [network.name, `${network.name}-2`];
    const operations: Operation[] = [
      { kind: "attach", filter: FILTER_A, name: names[0]! },
      { kind: "attach", filter: FILTER_B, name: names[0]!, replace: true },
      { kind: "attach", filter: FILTER_A, name: names[1]!, replace: true },
      { kind: "detach", name: names[1]! },
    ];
    const order: Order = { place: index, strategy: strategyOf(index), cache: cache.path, operations, forever: true };
    for (let kill = 0; kill < KILLS; kill++) {
      // The first one fills the cache.
      const lifeMs = kill === 0 ? 2000 : Math.random() * LONGEST_LIFE_MS;
      await using command = new Command(network, order);
      await command.ready();
      await new Promise((resolve) => setTimeout(resolve, lifeMs));
      await command.kill();

      const found = judge(traffic);
      network.inside(() => {
        const running = list().filter((one) => names.includes(one.name));
        assert.equal(running.length, found === "none" ? 0 : 1, `killed after ${lifeMs} ms`);
        for (const one of running) {
          assert.equal(one.state, "attached");
          const counts = countsByPort(one.name);
          assert.deepEqual(counts, { [found === "A" ? 1003 : 1000]: 1, 1001: 1, 1002: 1, default: 1 });
          detach(one.name);
          assertRemoved(one);
        }
        assert.deepEqual(names.flatMap(pinsOf), []);
        const ifindex = network.ifindex();
        assert.equal(queryXdp(ifindex), undefined);
        if (!HAS_TCX) return;
        for (const direction of ["ingress", "egress"] as const) assert.deepEqual(queryTcx({ ifindex, direction }), []);
      });
      assertNoQdisc(network);
    }
  });
}

for (const [index, place] of PLACES.entries()) {
  if (place.options.mode === "generic" || place.hook === "tc-egress") continue;
  kernelTest(`commands at the same time wait for each other, at ${place.title}`, async () => {
    using cache = new CacheDirectory();
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const names = [network.name, `${network.name}-2`];
    const choices: Operation[] = names.flatMap((name): Operation[] => [
      { kind: "attach", filter: FILTER_A, name, replace: true },
      { kind: "attach", filter: FILTER_B, name, replace: true },
      { kind: "attach", filter: FILTER_B, name },
      { kind: "detach", name },
      { kind: "stats", name },
      { kind: "list" },
    ]);
    // Each process goes through all of them, from another one on and with another step.
    const commands = Array.from({ length: 6 }, (_, number) => {
      const step = [1, 5, 7, 11][number % 4]!;
      const operations = choices.map((_, turn) => choices[(2 * number + step * turn) % choices.length]!);
      return new Command(network, { place: index, strategy: strategyOf(index), cache: cache.path, operations });
    });
    const outcomes = (await Promise.all(commands.map((one) => one.outcomes()))).flat();
    assert.equal(outcomes.length, commands.length * choices.length);
    const allowed = ["ok", "KernelError EEXIST", "NotFound"];
    assert.deepEqual(outcomes.filter(({ ended }) => !allowed.includes(ended)), []);
    assert.ok(outcomes.filter(({ ended }) => ended === "ok").length >= commands.length * 2);

    const found = judge(traffic);
    network.inside(() => {
      const running = list().filter((one) => names.includes(one.name));
      assert.equal(running.length, found === "none" ? 0 : 1);
      for (const one of running) {
        detach(one.name);
        assertRemoved(one);
      }
    });
    assert.deepEqual(names.flatMap(pinsOf), []);
    assertNoQdisc(network);
  });
}

/** A process of command.ts in the network's namespace. */
class Command implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(network: QuietNetwork, order: Order) {
    const script = new URL("./command.ts", import.meta.url).pathname;
    this.#child = network.inside(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "-q", "--no-check", script, JSON.stringify(order)],
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).spawn()
    );
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async ready(): Promise<void> {
    const { value } = await this.#reader.read();
    assert.match(value ?? "", /^ready/);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    const { signal } = await this.#child.status;
    assert.equal(signal, "SIGKILL");
  }

  /** How its operations ended, once they all did. */
  async outcomes(): Promise<Outcome[]> {
    let text = "";
    for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read()) text += part.value;
    assert.ok((await this.#child.status).success);
    return text.trim().split("\n").slice(1).map((line) => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It is dead.
    }
    await this.#child.status;
    await this.#reader.cancel();
  }
}

class CacheDirectory implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
