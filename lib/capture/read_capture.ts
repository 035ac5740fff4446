/**
 * Capture files to packets, whatever the format.
 *
 * @module
 */

import { logDiagnostics, logOf } from "../diagnostics/log.ts";
import { badCapture, type Capture } from "./capture.ts";
import { isPcap, readPcap } from "./read_pcap.ts";
import { isPcapng, readPcapng } from "./read_pcapng.ts";

/**
 * Reads the packets of a capture file: pcap (both byte orders; microseconds, nanoseconds, and the records of Kuznetzov's
 * old tcpdump) or pcapng (several sections and interfaces, both byte orders).
 *
 * The packets are views into `bytes`, which must not be changed while they are used. A file that ends within a record
 * gives the packets before it and a warning.
 *
 * @param bytes the whole file
 * @param sourceName the file's name, for messages
 * @throws FilterError, and nothing else: `bad-capture` for a file that is damaged or of another format,
 *   `unsupported-link-type` for packets that are not Ethernet frames
 */
export function readCapture(bytes: Uint8Array, sourceName = "capture"): Capture {
  const capture = read(bytes, sourceName);
  logDiagnostics(log, capture.warnings);
  log.info(`read ${sourceName}: ${capture.packets.length} packets`);
  return capture;
}

const log = logOf("capture");

function read(bytes: Uint8Array, sourceName: string): Capture {
  if (isPcap(bytes)) return readPcap(bytes, sourceName);
  if (isPcapng(bytes)) return readPcapng(bytes, sourceName);
  const found = bytes.length === 0 ? "the file is empty" : `found ${bytes.subarray(0, 4).toHex()}`;
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b; // RFC 1952, 2.3.1
  const hint = isGzip
    ? "the file is compressed: gunzip it first"
    : "pcap or pcapng, as tcpdump and Wireshark write them";
  throw badCapture({ sourceName, offsetBytes: 0 }, `expected the magic number of pcap or pcapng, ${found}`, hint);
}
