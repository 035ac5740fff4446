import assert from "node:assert/strict";
import type { Operation, Order, Outcome } from "./command.ts";
import { FILTER_A, kernelTest, placeOf, PLACES, QuietNetwork, run } from "./support.ts";

/** How each operation of a command ends that runs behind `wrapper`. */
function performIn(wrapper: readonly string[], operations: readonly Operation[]): Outcome[] {
  // Packages and cache where any user gets at them: there is no way to the registry out of the namespace.
  const directory = Deno.makeTempDirSync();
  try {
    const { denoDir } = JSON.parse(new TextDecoder().decode(run(Deno.execPath(), ["info", "--json"]).stdout));
    assert.ok(run("cp", ["-r", `${denoDir}/npm`, directory]).success);
    assert.ok(run("chmod", ["-R", "a+rwX", directory]).success);
    const order: Order = { place: PLACES.indexOf(placeOf("XDP native")), cache: `${directory}/objects`, operations };
    const script = new URL("./command.ts", import.meta.url).pathname;
    const deno = [Deno.execPath(), "run", "-A", "-q", "--no-check", "--no-lock", script, JSON.stringify(order)];
    const [command, ...args] = [...wrapper, "env", `DENO_DIR=${directory}`, ...deno];
    const { stdout, stderr, success } = run(command!, args);
    assert.ok(success, stderr);
    return new TextDecoder().decode(stdout).trim().split("\n").slice(1).map((line) => JSON.parse(line));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function operationsOn(name: string): Operation[] {
  return [
    { kind: "attach", filter: FILTER_A, name },
    { kind: "detach", name },
    { kind: "stats", name },
    { kind: "list" },
  ];
}

kernelTest("every command says how to mount the BPF file system where there is none", () => {
  using network = new QuietNetwork();
  const wrappers = {
    // In a mount namespace of its own, of which nothing comes out.
    unmounted: [
      "nsenter",
      `--net=/run/netns/${network.netns}`,
      "unshare",
      "-m",
      "sh",
      "-c",
      'umount /sys/fs/bpf && exec "$@"',
      "sh",
    ],
    "ip netns exec": ["ip", "netns", "exec", network.netns],
  };
  for (const [how, wrapper] of Object.entries(wrappers)) {
    for (const { ended, message } of performIn(wrapper, operationsOn(network.name))) {
      assert.equal(ended, "UnavailableError", how);
      assert.match(message!, /mount -t bpf bpf \/sys\/fs\/bpf.*nsenter --net=/);
    }
  }
});

kernelTest("a command works where the BPF file system is mounted anew, and leaves it empty", () => {
  using network = new QuietNetwork();
  const mount = 'mount -t bpf bpf /sys/fs/bpf && "$@" && ls -A /sys/fs/bpf >&2';
  const wrapper = ["ip", "netns", "exec", network.netns, "sh", "-c", mount, "sh"];
  const outcomes = performIn(wrapper, [
    { kind: "attach", filter: FILTER_A, name: "a" },
    { kind: "stats", name: "a" },
    { kind: "detach", name: "a" },
  ]);
  assert.deepEqual(outcomes.map(({ ended }) => ended), ["ok", "ok", "ok"]);
});

kernelTest("a command without the privilege says which one it lacks", () => {
  using network = new QuietNetwork();
  const enter = ["nsenter", `--net=/run/netns/${network.netns}`];
  const wrappers = {
    "root without capabilities": [...enter, "setpriv", "--bounding-set=-all", "--inh-caps=-all"],
    nobody: [...enter, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
  };
  for (const [who, wrapper] of Object.entries(wrappers)) {
    const [attached] = performIn(wrapper, operationsOn(network.name));
    assert.equal(attached!.ended, "UnavailableError", `${who}: ${attached!.message}`);
    assert.match(attached!.message!, /lacks CAP_BPF and CAP_NET_ADMIN \(run it as root\)/);
  }
});
