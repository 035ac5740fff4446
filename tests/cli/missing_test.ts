import assert from "node:assert/strict";
import { kernelTest, TestNetwork } from "../kernel/support.ts";
import { ROOT } from "./run_cli.ts";

const KEFIR = [Deno.execPath(), "run", "--quiet", "-A", `${ROOT}/cli.ts`];

kernelTest("a process without the capabilities is told which and how, and the exit code is 5", async () => {
  using network = new TestNetwork();
  const net = ["nsenter", `--net=/run/netns/${network.netns}`];
  const without = ["setpriv", "--bounding-set=-bpf,-net_admin,-sys_admin", "--inh-caps=-bpf,-net_admin,-sys_admin"];
  const { code, stderr } = await run([...net, ...without, ...KEFIR, "attach", "left", `${ROOT}/examples/web.kefir`]);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /CAP_BPF and CAP_NET_ADMIN.*root/);
});

kernelTest("a host without a BPF file system is told how to mount one, and the exit code is 5", async () => {
  // In a mount namespace of its own: nobody else loses the file system.
  const script = 'umount -l /sys/fs/bpf && exec "$@"';
  const { code, stderr } = await run(["unshare", "--mount", "sh", "-c", script, "sh", ...KEFIR, "list"]);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /no BPF file system.*mount -t bpf/);
});

async function run([command = "", ...args]: readonly string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command(command, { args }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}
