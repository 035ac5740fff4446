import assert from "node:assert/strict";
import {
  ETHERTYPES,
  IP_PROTOCOLS,
  IPV6_EXTENSIONS,
  nameOfNumber,
  PORT_PROTOCOLS,
  VLAN_TPIDS,
} from "../../lib/net/protocol_numbers.ts";

for (
  const [what, table, largest] of [["ETHERTYPES", ETHERTYPES, 0xffff], ["IP_PROTOCOLS", IP_PROTOCOLS, 0xff]] as const
) {
  Deno.test(`${what} has names that a reader of numbers cannot take for one`, () => {
    for (const [name, number] of Object.entries(table)) {
      assert.doesNotMatch(name, /^(?:\d+|0x[0-9a-f]+)$/i);
      assert.equal(name, name.toLowerCase());
      assert.ok(Number.isInteger(number) && number >= 0 && number <= largest, name);
    }
  });

  Deno.test(`nameOfNumber() gives a name of ${what} that reads as the same number`, () => {
    for (const number of Object.values(table)) assert.equal(table[nameOfNumber(table, number) ?? ""], number);
    assert.equal(nameOfNumber(table, largest), undefined);
  });
}

Deno.test("nameOfNumber() prefers the first name", () => {
  assert.equal(nameOfNumber(ETHERTYPES, 0x0800), "ip");
  assert.equal(nameOfNumber(ETHERTYPES, 0x8100), "802.1q");
  assert.equal(nameOfNumber(IP_PROTOCOLS, 58), "icmpv6");
});

Deno.test("what dissection reads are the numbers of the standards", () => {
  assert.deepEqual([...VLAN_TPIDS], [0x8100, 0x88a8, 0x9100]);
  assert.deepEqual([...PORT_PROTOCOLS].sort((a, b) => a - b), [6, 17, 33, 132, 136]);
  assert.deepEqual(Object.values(IPV6_EXTENSIONS).sort((a, b) => a - b), [0, 43, 44, 51, 60, 135, 139, 140]);
});
