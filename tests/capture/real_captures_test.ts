import assert from "node:assert/strict";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { testWhere } from "../judges/tiers.ts";
import { testWith } from "../toolchain/tool.ts";
import { countWithTcpdump, readWithTcpdump, rewriteWithTcpdump } from "./tcpdump.ts";

/** Captures of tcpdump's own test suite: beside the repository where it is developed, not part of it. */
const FOLDER = new URL("../../../shared/data/captures/", import.meta.url);

const names = captureNames();
if (names.length === 0) {
  testWhere(
    false,
    "no shared/data/captures beside the repository",
    "readCapture() agrees with tcpdump about real captures",
    () => {},
  );
}

for (const name of names) {
  testWith("tcpdump", `readCapture() agrees with tcpdump about ${name}`, async () => {
    const file = await Deno.readFile(new URL(name, FOLDER));
    const { packets, warnings } = readCapture(file, name);
    assert.deepEqual(warnings, []);
    assert.equal(packets.length, await countWithTcpdump(file));
    // One of the files has a packet whose original length is 0.
    const judged = (await readWithTcpdump(file)).map((packet) => ({
      ...packet,
      originalLength: Math.max(packet.originalLength, packet.hex.length / 2),
    }));
    const read = packets.map(({ bytes, timestampNs, originalLength }) => ({
      timestampNs,
      hex: bytes.toHex(),
      originalLength,
    }));
    assert.deepEqual(read, judged);
  });
}

for (const precision of ["micro", "nano"] as const) {
  const name = names.find((one) => one === "various_gre.pcap");
  if (name === undefined) continue;
  testWith("tcpdump", `readCapture() reads what tcpdump -w writes, ${precision}seconds`, async () => {
    const file = await Deno.readFile(new URL(name, FOLDER));
    const rewritten = await rewriteWithTcpdump(file, precision);
    assert.equal(rewritten.subarray(0, 4).toHex(), precision === "nano" ? "4d3cb2a1" : "d4c3b2a1");
    assert.deepEqual(readCapture(rewritten).packets, readCapture(file).packets);
  });
}

function captureNames(): readonly string[] {
  try {
    return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => /\.pcap(ng)?$/.test(name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
