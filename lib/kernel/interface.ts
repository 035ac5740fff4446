/**
 * Network interfaces of the calling thread's network namespace.
 *
 * Asks through libc: under `nsenter --net` /sys still shows the interfaces of the other namespace.
 *
 * @module
 */

import { IFREQ } from "./ffi/abi.ts";
import { AF, SIOC, SOCK } from "./ffi/constants.ts";
import { linkTarget } from "./ffi/directory.ts";
import { libc, orErrno } from "./ffi/libc.ts";
import { cString, readCString } from "./ffi/memory.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn } from "./gate.ts";

/** A network interface. */
export interface NetworkInterface {
  /** What the interface is called here. */
  readonly name: string;
  /** Its number, from 1, within its network namespace. */
  readonly ifindex: number;
  /** ARPHRD_ number (linux/if_arp.h): 1 Ethernet, 772 loopback, 65534 none. */
  readonly hardwareType: number;
  /** Largest payload of a frame in bytes. */
  readonly mtu: number;
}

/**
 * Finds an interface by its name (if_nametoindex(3), SIOCGIFHWADDR, SIOCGIFMTU).
 *
 * @throws Deno.errors.NotFound when there is none, or when no interface can have that name
 */
export function interfaceByName(name: string): NetworkInterface {
  if (!isInterfaceName(name)) {
    throw new Deno.errors.NotFound(
      `Cannot find interface ${JSON.stringify(name)}: a name has 1 to 15 bytes, no "/", ":" or spaces`,
    );
  }
  const ifindex = indexOfName(name);
  if (ifindex === 0) {
    throw new Deno.errors.NotFound(`Cannot find interface "${name}": this network namespace has none of that name`);
  }
  return {
    name,
    ifindex,
    hardwareType: request(name, SIOC.getHardwareAddress).get("ifr_hwaddr.sa_family"),
    mtu: request(name, SIOC.getMtu).get("ifr_mtu"),
  };
}

/**
 * Finds an interface by its name or number. A text that names none and is a decimal number is taken for one, since a name may
 * be all digits.
 *
 * @throws Deno.errors.NotFound when there is none, or when no interface can have that name
 * @throws RangeError when no interface can have that number
 */
export function findInterface(which: string | number): NetworkInterface {
  if (typeof which === "string" && !(DECIMAL.test(which) && indexOfName(which) === 0)) return interfaceByName(which);
  const ifindex = Number(which);
  if (!Number.isInteger(ifindex) || ifindex < 1 || ifindex > LARGEST_IFINDEX) {
    throw new RangeError(`Cannot use ${ifindex} as the number of an interface: it should be 1 to ${LARGEST_IFINDEX}`);
  }
  const found = interfaceByIndex(ifindex);
  if (found !== undefined) return found;
  throw new Deno.errors.NotFound(`Cannot find interface ${ifindex}: this network namespace has none of that number`);
}

const DECIMAL = /^\d+$/;
/** The kernel keeps the number as an `int`. */
const LARGEST_IFINDEX = 2 ** 31 - 1;

/** The interface with that index, or undefined (if_indextoname(3)). */
export function interfaceByIndex(ifindex: number): NetworkInterface | undefined {
  const name = interfaceName(ifindex);
  return name === undefined ? undefined : interfaceByName(name);
}

/** The name of the interface with that index, or undefined (if_indextoname(3)). */
export function interfaceName(ifindex: number): string | undefined {
  // IF_NAMESIZE bytes, ours; the result is their address or null.
  const name = new Uint8Array(16);
  return libc().if_indextoname(ifindex, name) === null ? undefined : readCString(name);
}

/** An interface for a message: `"eth0" (ifindex 2)`, or `ifindex 2` when it has no name here. */
export function formatInterface(ifindex: number): string {
  const name = interfaceName(ifindex);
  return name === undefined ? `ifindex ${ifindex}` : `"${name}" (ifindex ${ifindex})`;
}

/**
 * Whether frames of the interface begin with an Ethernet header: ARPHRD_ETHER and ARPHRD_LOOPBACK (linux/if_arp.h). A
 * TUN device or a tunnel begins with the IP header.
 */
export function isEthernet(one: { readonly hardwareType: number }): boolean {
  return one.hardwareType === 1 || one.hardwareType === 772;
}

/** Whether an interface can have that name: dev_valid_name() of net/core/dev.c, within 15 bytes. */
export function isInterfaceName(name: string): boolean {
  const length = new TextEncoder().encode(name).length;
  return length >= 1 && length <= 15 && name !== "." && name !== ".." && !/[\s/:\0]/.test(name);
}

/** The inode number of the calling thread's network namespace, which names it (namespaces(7)). */
export function currentNetns(): number {
  const path = "/proc/thread-self/ns/net";
  const target = linkTarget(path);
  const inode = typeof target === "string" ? /^net:\[(\d+)\]$/.exec(target)?.[1] : undefined;
  if (inode !== undefined) return Number(inode);
  const returned = typeof target === "number" ? target : -22;
  return checkReturn(returned, { operation: "readlink", action: "read", target: `"${path}"` });
}

/** Number of the interface of that name, or 0. */
function indexOfName(name: string): number {
  // libc reads our bytes before it returns.
  const cName = cString(name);
  return libc().if_nametoindex(cName);
}

function request(name: string, code: number): Struct<typeof IFREQ> {
  const target = `interface "${name}"`;
  const call = { action: "ask about", target };
  const socket = checkReturn(orErrno(libc().socket(AF.inet, SOCK.datagram | SOCK.closeOnExec, 0)), {
    ...call,
    operation: "socket",
  });
  try {
    const ifreq = new Struct(IFREQ);
    ifreq.tail("ifr_name").set(cString(name));
    // The kernel reads and writes our struct before the call returns.
    checkReturn(orErrno(libc().ioctl(socket, BigInt(code), ifreq.bytes)), { ...call, operation: "ioctl" });
    return ifreq;
  } finally {
    libc().close(socket);
  }
}
