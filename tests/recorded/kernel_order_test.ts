/**
 * The order in which rules of tc come is the order in which the kernel tries them: it is asked with another classifier,
 * which every kernel has, in a namespace that ends with the command.
 */

import assert from "node:assert/strict";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { testWhere } from "../judges/tiers.ts";

/** What the rules say of their place. */
const PLACES = ["", "pref 7", "", "pref 0", "pref 60000", "prio 0x5", "", "preference 49152"];

/** Adds a rule about 10.0.0.N for each place, and lists them as the kernel has them. */
const SCRIPT = [
  "set -e",
  "ip link set lo up",
  "tc qdisc add dev lo clsact",
  ...PLACES.map((place, index) =>
    `tc filter add dev lo ingress ${place} protocol ip u32 match ip dst 10.0.0.${index}/32 classid 1:${index + 1}`
  ),
  "tc filter show dev lo ingress",
].join("\n");

const { success, stdout, stderr } = new Deno.Command("unshare", { args: ["-n", "sh", "-c", SCRIPT] }).outputSync();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

testWhere(
  success,
  text(stderr).trim(),
  "parseFilter() puts rules of tc in the order in which the kernel tries them",
  () => {
    const listed = Array.from(text(stdout).matchAll(/flowid 1:(\w+)/g), (found) => parseInt(found[1] ?? "", 16) - 1);
    const rules = PLACES.map((place, index) =>
      `tc filter add dev lo ingress ${place} protocol ip flower dst_ip 10.0.0.${index} action drop`
    );
    const { filter } = parseFilter(rules.join("\n"));
    assert.deepEqual(filter.rules.map(({ source }) => (source?.line ?? 0) - 1), [...new Set(listed)]);
  },
);
