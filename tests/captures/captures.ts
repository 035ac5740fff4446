/**
 * The packets of captures that nobody here made: beside the repository where it is developed, not part of it.
 *
 * @module
 */

import { readCapture } from "../../lib/capture/read_capture.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";

const FOLDER = new URL("../../../shared/data/captures/", import.meta.url);

/** Every packet of every capture of Ethernet; none where the folder is absent. */
export function capturedPackets(): readonly Packet[] {
  return captureNames().flatMap((name) =>
    readCapture(Deno.readFileSync(new URL(name, FOLDER)), name).packets.map(({ bytes }) => ({ bytes }))
  );
}

/** The packet as a driver gives it that takes the outer tag out: 802.1Q and 802.1ad, at TC. Undefined without one. */
export function withTagInMetadata({ bytes }: Packet): Packet | undefined {
  if (bytes.length < 18) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const tpid = view.getUint16(12);
  if (tpid !== 0x8100 && tpid !== 0x88a8) return undefined;
  return {
    bytes: Uint8Array.of(...bytes.subarray(0, 12), ...bytes.subarray(16)),
    vlanTag: { tpid, tci: view.getUint16(14) },
  };
}

function captureNames(): readonly string[] {
  try {
    return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => /\.pcap(ng)?$/.test(name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
