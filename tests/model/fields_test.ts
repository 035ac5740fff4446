import assert from "node:assert/strict";
import type { ConcreteField } from "../../lib/model/field.ts";
import { bytesForField, fieldNamed, FIELDS, findField, sidesOf } from "../../lib/model/fields.ts";
import { type HeaderName, isHeader, sliceOf } from "../../lib/model/layers.ts";
import { OPERATORS } from "../../lib/model/operator.ts";

/** Bits of a layer as LAYERS describes it, without what only some packets have. */
const LAYER_BITS: Readonly<Record<HeaderName, number>> = {
  frame: 40,
  eth: 112,
  ethertype: 16,
  svlan: 48,
  cvlan: 48,
  arp: 224,
  mpls1: 32,
  mpls2: 32,
  mpls3: 32,
  mpls4: 32,
  mpls5: 32,
  mpls6: 32,
  mpls7: 32,
  pppoe: 64,
  cfm: 16,
  ipv4: 160,
  ipv6: 320,
  l4proto: 16,
  ah: 64,
  l4data: 32,
  ports: 32,
  tcp: 112,
  icmp: 16,
  gre: 32,
  grekey: 32,
  erspan2: 64,
  erspan3: 96,
  vxlan: 64,
  geneve: 64,
  gtp: 64,
  gtpext: 16,
  tunnel: 8,
  tunnelid: 32,
};

/** libkefir's enum kefir_match_type, whose values are 1 to 40 in this order, with a 0 for none. */
const LIBKEFIR = [
  "ETHER_SRC ETHER_DST ETHER_ANY ETHER_PROTO",
  "IP_4_SRC IP_4_DST IP_4_ANY IP_4_TOS IP_4_TTL IP_4_L4PROTO IP_4_L4DATA IP_4_L4PORT_SRC IP_4_L4PORT_DST",
  "IP_4_L4PORT_ANY",
  "IP_6_SRC IP_6_DST IP_6_ANY IP_6_TOS IP_6_TTL IP_6_L4PROTO IP_6_L4DATA IP_6_L4PORT_SRC IP_6_L4PORT_DST",
  "IP_6_L4PORT_ANY",
  "IP_ANY_TOS IP_ANY_TTL IP_ANY_L4PROTO IP_ANY_L4DATA IP_ANY_L4PORT_SRC IP_ANY_L4PORT_DST IP_ANY_L4PORT_ANY",
  "VLAN_ID VLAN_PRIO VLAN_ETHERTYPE",
  "CVLAN_ID CVLAN_PRIO CVLAN_ETHERTYPE",
  "SVLAN_ID SVLAN_PRIO SVLAN_ETHERTYPE",
].join(" ").split(" ");

const concrete = FIELDS.filter((field): field is ConcreteField => field.kind === "concrete");

Deno.test("FIELDS has unique names, aliases included", () => {
  const names = FIELDS.flatMap((field) => [field.name, ...field.aliases]);
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/);
});

Deno.test("FIELDS has each of libkefir's 40 match types once, under its number", () => {
  assert.equal(LIBKEFIR.length, 40);
  const found = FIELDS.flatMap(({ libkefir }) => libkefir ?? []).sort((a, b) => a.number - b.number);
  assert.deepEqual(found.map(({ number }) => number), LIBKEFIR.map((_, index) => index + 1));
  assert.deepEqual(found.map(({ name }) => name), LIBKEFIR);
});

Deno.test("FIELDS is frozen, and so is each row", () => {
  assert.ok(Object.isFrozen(FIELDS));
  for (const field of FIELDS) {
    assert.ok(Object.isFrozen(field), field.name);
    assert.ok(Object.isFrozen(field.aliases), field.name);
    assert.ok(Object.isFrozen(field.operators), field.name);
  }
});

for (const field of FIELDS) {
  Deno.test(`${field.name} is described, and says where it is specified`, () => {
    assert.notEqual(field.description, "");
    assert.match(field.reference, /^(RFC \d|IEEE 802|ethtool|linux\/|IETF draft|3GPP TS )/);
    assert.doesNotMatch(field.description, /\.$/);
    assert.deepEqual(field.operators, OPERATORS);
  });
}

for (const field of concrete) {
  Deno.test(`${field.name} is inside of its layer`, () => {
    assert.ok(field.widthBits > 0);
    assert.ok(field.offsetBits >= 0);
    assert.ok(isHeader(field.layer));
    assert.ok(field.offsetBits + field.widthBits <= LAYER_BITS[field.layer]);
  });

  Deno.test(`${field.name} has the width that its format needs`, () => {
    const needed = { mac: 48, ipv4: 32, ipv6: 128, ethertype: 16, protocol: 8 }[field.format as string];
    if (needed !== undefined) assert.equal(field.widthBits, needed);
  });
}

for (const field of FIELDS) {
  if (field.kind !== "any") continue;
  Deno.test(`${field.name} has several sides, which exist, differ, and have its width and format`, () => {
    assert.ok(field.sides.length > 1);
    assert.equal(new Set(field.sides).size, field.sides.length);
    for (const side of sidesOf(field)) {
      assert.equal(side.kind, "concrete");
      assert.equal(side.widthBits, field.widthBits);
      assert.equal(side.format, field.format);
    }
  });
}

Deno.test("each counterpart is the same field of IPv6", () => {
  const pairs = FIELDS.flatMap(({ name, counterpart }) => counterpart === undefined ? [] : [[name, counterpart]]);
  assert.deepEqual(pairs, [["ip.src", "ipv6.src"], ["ip.dst", "ipv6.dst"], ["ip.addr", "ipv6.addr"]]);
  for (const [own, other] of pairs) {
    assert.equal(fieldNamed(own!).format, "ipv4");
    assert.equal(fieldNamed(other!).format, "ipv6");
  }
});

Deno.test("findField() finds names and aliases, exactly as written", () => {
  assert.equal(findField("ip.ttl")?.name, "ip.ttl");
  assert.equal(findField("ip.tos")?.name, "ip.dsfield");
  assert.equal(findField("vlan.prio")?.name, "vlan.priority");
  for (const name of ["", "IP.TTL", "ip", "ip.ttl ", "constructor", "__proto__", "toString"]) {
    assert.equal(findField(name), undefined, name);
  }
});

Deno.test("fieldNamed() throws a RangeError for a name that is none", () => {
  assert.throws(() => fieldNamed("ip.none"), RangeError);
});

Deno.test("sidesOf() gives a concrete field itself", () => {
  assert.deepEqual(sidesOf(fieldNamed("ip.src")).map(({ name }) => name), ["ip.src"]);
  assert.deepEqual(sidesOf(fieldNamed("l3.ttl")).map(({ name }) => name), ["ip.ttl", "ipv6.hlim"]);
});

Deno.test("bytesForField() rounds widths up", () => {
  const sizes = {
    "eth.src": 6,
    "ip.src": 4,
    "ipv6.src": 16,
    "vlan.id": 2,
    "vlan.priority": 1,
    "tcp.port": 2,
    "l4.data": 4,
  };
  for (const [name, bytes] of Object.entries(sizes)) assert.equal(bytesForField(fieldNamed(name)), bytes, name);
});

Deno.test("findField() knows slices by what their name says, always the same field", () => {
  const field = findField("l4[8:4]");
  assert.ok(field?.kind === "concrete");
  assert.deepEqual([field.name, field.layer, field.offsetBits, field.widthBits], ["l4[8:4]", "l4[8:4]", 0, 32]);
  assert.deepEqual(sliceOf(field.layer), { start: "l4", offsetBytes: 8, bytes: 4 });
  assert.equal(findField("l4[8:4]"), field);
  const tcp = findField("tcp[13:1]");
  assert.ok(tcp?.kind === "concrete");
  assert.deepEqual([tcp.layer, tcp.protocol], ["l4[13:1]", 6]);
  assert.equal(findField("ip[65519:16]")?.widthBits, 128);
});

Deno.test("findField() knows entries of the label stack below the top one, down to the seventh", () => {
  for (const [name, widthBits] of Object.entries({ label: 20, exp: 3, bottom: 1, ttl: 8 })) {
    for (const entry of [2, 7]) {
      const field = findField(`mpls[${entry}].${name}`);
      assert.ok(field?.kind === "concrete");
      assert.deepEqual([field.layer, field.widthBits], [`mpls${entry}`, widthBits]);
    }
  }
});

Deno.test("findField() takes no name that only looks like one of a family", () => {
  const names = [
    "l4[8:17]",
    "l4[8:0]",
    "l4[08:4]",
    "l4[8:04]",
    "l4[-1:4]",
    "l4[8]",
    "l4[8:4",
    "eth[0:4]",
    "l4[65520:16]",
  ];
  for (const name of [...names, "mpls[1].label", "mpls[8].label", "mpls[2].length", "mpls[2]", "l4[8:4] "]) {
    assert.equal(findField(name), undefined, name);
  }
});
