/**
 * Attaching to TC, where a frame is a packet of the network stack: by TCX links or by the clsact qdisc.
 *
 * @module
 */

export { attachTcx, isTcxAvailable, queryTcx, type TcxTarget } from "./tcx.ts";
export {
  attachClsact,
  type ClsactAttachment,
  type ClsactDetachment,
  type ClsactSlot,
  type ClsactTarget,
  detachClsact,
  queryClsact,
} from "./clsact.ts";

/** Received frames or sent ones, seen from the interface's machine. */
export type TcDirection = "ingress" | "egress";
