/**
 * What a capture file holds, and how a damaged one is reported.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterError } from "../diagnostics/errors.ts";
import { formatLinkType, LINK_TYPE_ETHERNET } from "./link_types.ts";

/** The packets of a capture file, in the order of the file. */
export interface Capture {
  /** What the file's magic number says. */
  readonly format: "pcap" | "pcapng";
  /** All of the file, or what comes before its cut. */
  readonly packets: readonly CapturedPacket[];
  /** At most one, `truncated-capture`: the file ends within a record, and what comes before it was read. */
  readonly warnings: readonly Diagnostic[];
}

/** One packet of a capture file. */
export interface CapturedPacket {
  /** Position in the file, from 0; tcpdump and Wireshark count from 1. */
  readonly index: number;
  /** The captured bytes from the Ethernet header on, without frame check sequence: a view into the file's bytes. */
  readonly bytes: Uint8Array;
  /** Length on the wire, without frame check sequence; more than `bytes.length` when the capture cut the packet. */
  readonly originalLength: number;
  /** Nanoseconds since 1970-01-01 UTC; 0 where the file has no time. */
  readonly timestampNs: bigint;
  /** The link type's number, always 1 (Ethernet). */
  readonly linkType: number;
}

/** Beyond any packet that a kernel can hold: a length above it comes from damage, not from a cut file. */
export const MAX_PACKET_BYTES: number = 256 * 1024 * 1024;

/** Where something was found, for messages. */
export interface CapturePlace {
  /** The file's name. */
  readonly sourceName: string;
  /** Offset in the file, from 0. */
  readonly offsetBytes: number;
}

/** Makes the error for a file that is not a capture or a damaged one: code `bad-capture`, naming file and offset. */
export function badCapture(place: CapturePlace, expectation: string, hint?: string): FilterError {
  const message = `Cannot read capture "${place.sourceName}": at byte ${place.offsetBytes}, ${expectation}`;
  return captureError("bad-capture", message, hint);
}

/**
 * Checks that a link type is Ethernet.
 *
 * @throws FilterError with code `unsupported-link-type` and the name of the link type
 */
export function expectEthernet(place: CapturePlace, linkType: number): void {
  if (linkType === LINK_TYPE_ETHERNET) return;
  const message = `Cannot filter capture "${place.sourceName}": its link type is ${formatLinkType(linkType)}` +
    ` (at byte ${place.offsetBytes}), not Ethernet (1)`;
  throw captureError("unsupported-link-type", message, "capture on an Ethernet interface, not on `any` or a tunnel");
}

/** Makes the warning for a file that ends too early. */
export function truncationWarning(place: CapturePlace, packets: number): Diagnostic {
  return Object.freeze({
    severity: "warning",
    code: "truncated-capture",
    message: `Capture "${place.sourceName}" ends within the record at byte ${place.offsetBytes}, after ${packets} ` +
      (packets === 1 ? "packet" : "packets"),
    hint: "tcpdump leaves such a file when it is killed; -U makes it write every packet at once",
  });
}

/**
 * Makes a packet out of captured bytes that may end with a frame check sequence, which no filter in the kernel sees.
 *
 * The original length is at least what was captured, whatever the file says.
 */
export function capturedPacket(
  captured: Uint8Array,
  facts: { readonly index: number; readonly originalLength: number; readonly fcsBytes: number; timestampNs: bigint },
): CapturedPacket {
  const originalLength = Math.max(0, Math.max(facts.originalLength, captured.length) - facts.fcsBytes);
  return Object.freeze({
    index: facts.index,
    bytes: captured.subarray(0, originalLength),
    originalLength,
    timestampNs: facts.timestampNs,
    linkType: LINK_TYPE_ETHERNET,
  });
}

function captureError(code: string, message: string, hint: string | undefined): FilterError {
  const diagnostic: Diagnostic = { severity: "error", code, message };
  return new FilterError([Object.freeze(hint === undefined ? diagnostic : { ...diagnostic, hint })]);
}
