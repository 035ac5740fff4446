/**
 * What this process may do.
 *
 * @module
 */

import { CAP_DATA, CAP_HEADER } from "./ffi/abi.ts";
import { CAPABILITY, CAPABILITY_VERSION_3 } from "./ffi/constants.ts";
import { libc } from "./ffi/libc.ts";
import { Struct } from "./ffi/struct.ts";

/**
 * Names of the capabilities that BPF networking needs and the calling thread lacks: CAP_BPF and CAP_NET_ADMIN, either
 * of which CAP_SYS_ADMIN gives as well for `bpf(2)`. Empty when nothing is missing (capget(2)).
 */
export function missingCapabilities(): readonly string[] {
  const header = new Struct(CAP_HEADER).set("version", CAPABILITY_VERSION_3);
  // Version 3 fills two words, for capabilities 0 to 31 and 32 to 63. Both arrays are ours and read before returning.
  const words = new Uint8Array(2 * CAP_DATA.size);
  if (libc().capget(header.bytes, words) < 0) return [];
  const view = new DataView(words.buffer);
  const has = (capability: number): boolean =>
    ((view.getUint32(CAP_DATA.size * (capability >> 5), true) >>> (capability & 31)) & 1) === 1;
  const missing: string[] = [];
  if (!has(CAPABILITY.bpf) && !has(CAPABILITY.sysAdmin)) missing.push("CAP_BPF");
  if (!has(CAPABILITY.netAdmin)) missing.push("CAP_NET_ADMIN");
  return missing;
}
