/**
 * The templates, as texts: they are imported, so that kefir works from a URL and needs no permission to read them.
 *
 * @module
 */

import program from "../../templates/program.c" with { type: "text" };
import harness from "../../templates/harness_tc.c" with { type: "text" };
import feeder from "../../templates/harness_feed.c" with { type: "text" };
import bytes from "../../templates/include/kefir/bytes.h" with { type: "text" };
import classes from "../../templates/include/kefir/classes.h" with { type: "text" };
import counters from "../../templates/include/kefir/counters.h" with { type: "text" };
import dissect from "../../templates/include/kefir/dissect.h" with { type: "text" };
import functions from "../../templates/include/kefir/functions.h" with { type: "text" };
import headers from "../../templates/include/kefir/headers.h" with { type: "text" };
import inline from "../../templates/include/kefir/inline.h" with { type: "text" };
import intervalMap from "../../templates/include/kefir/interval_map.h" with { type: "text" };
import ipv4 from "../../templates/include/kefir/ipv4.h" with { type: "text" };
import ipv6 from "../../templates/include/kefir/ipv6.h" with { type: "text" };
import l4 from "../../templates/include/kefir/l4.h" with { type: "text" };
import link from "../../templates/include/kefir/link.h" with { type: "text" };
import linear from "../../templates/include/kefir/linear.h" with { type: "text" };
import print from "../../templates/include/kefir/print.h" with { type: "text" };
import room from "../../templates/include/kefir/room.h" with { type: "text" };
import sets from "../../templates/include/kefir/sets.h" with { type: "text" };
import slices from "../../templates/include/kefir/slices.h" with { type: "text" };
import tables from "../../templates/include/kefir/tables.h" with { type: "text" };
import tunnels from "../../templates/include/kefir/tunnels.h" with { type: "text" };
import tuple from "../../templates/include/kefir/tuple.h" with { type: "text" };
import packet from "../../templates/include/kefir/packet.h" with { type: "text" };
import packetTc from "../../templates/include/kefir/packet_tc.h" with { type: "text" };
import packetXdp from "../../templates/include/kefir/packet_xdp.h" with { type: "text" };

/** The program's template. */
export const PROGRAM_TEMPLATE: string = program;

/** The template of the harness for TC. */
export const HARNESS_TEMPLATE: string = harness;

/** The template of the harness that feeds a trace to programs, to measure them. */
export const FEEDER_TEMPLATE: string = feeder;

/** The templates that others include, by the name that they are included by. */
export const INCLUDED_TEMPLATES: Readonly<Record<string, string>> = Object.freeze({
  "kefir/bytes.h": bytes,
  "kefir/classes.h": classes,
  "kefir/counters.h": counters,
  "kefir/dissect.h": dissect,
  "kefir/functions.h": functions,
  "kefir/headers.h": headers,
  "kefir/inline.h": inline,
  "kefir/interval_map.h": intervalMap,
  "kefir/ipv4.h": ipv4,
  "kefir/ipv6.h": ipv6,
  "kefir/l4.h": l4,
  "kefir/link.h": link,
  "kefir/linear.h": linear,
  "kefir/packet.h": packet,
  "kefir/packet_tc.h": packetTc,
  "kefir/packet_xdp.h": packetXdp,
  "kefir/print.h": print,
  "kefir/room.h": room,
  "kefir/sets.h": sets,
  "kefir/slices.h": slices,
  "kefir/tables.h": tables,
  "kefir/tunnels.h": tunnels,
  "kefir/tuple.h": tuple,
});
