/**
 * Raw frames out of an interface and into it, by AF_PACKET sockets (packet(7)): no ARP, no stack, no noise.
 *
 * @module
 */

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  __errno_location: { parameters: [], result: "pointer" },
});

/** sys/socket.h, linux/if_packet.h, linux/if_ether.h */
const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0x80000;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SOL_PACKET = 263;
const PACKET_STATISTICS = 6;
const PACKET_VNET_HDR = 15;
const MSG_DONTWAIT = 0x40;
const ETH_P_IP = 0x0800;
const ENOBUFS = 105;

/** A socket that sends whole frames out of an interface of the namespace that it was opened in. */
export class FrameSender implements Disposable {
  readonly #fd: number;
  readonly #vnetHeader: boolean;

  /** `linearBytes` of {@link FrameSender.send} needs `vnetHeader`. */
  constructor(device: string, options: { readonly vnetHeader?: boolean } = {}) {
    this.#fd = openSocket(device, 0);
    this.#vnetHeader = options.vnetHeader === true;
    if (this.#vnetHeader) setOption(this.#fd, SOL_PACKET, PACKET_VNET_HDR, 1);
  }

  /**
   * Sends a frame. Of 4096 bytes or more, the skb has `linearBytes` in its linear area, and not even the whole IP header
   * unless told (packet_alloc_skb in net/packet/af_packet.c: what does not fit a page goes to fragments).
   * One that TC egress drops counts as sent.
   */
  send(frame: Uint8Array, linearBytes = 0): void {
    const bytes = this.#vnetHeader ? withVnetHeader(frame, linearBytes) : Uint8Array.from(frame);
    const sent = Number(libc.send(this.#fd, bytes, BigInt(bytes.length), 0));
    if (sent === bytes.length) return;
    const errno = lastErrno();
    if (errno !== ENOBUFS) throw new Error(`send() of ${bytes.length} bytes returned ${sent}, errno ${errno}`);
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
  }
}

/** A socket that gets the IPv4 frames that came in at an interface and that XDP and TC ingress let pass. */
export class FrameReceiver implements Disposable {
  readonly #fd: number;

  constructor(device: string) {
    // A socket for one protocol is served after TC ingress, one for all protocols before it (net/core/dev.c).
    this.#fd = openSocket(device, ETH_P_IP);
    setOption(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, 512 << 20);
  }

  /** All frames that wait. */
  drain(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    const buffer = new Uint8Array(1 << 16);
    while (true) {
      const length = Number(libc.recv(this.#fd, buffer, BigInt(buffer.length), MSG_DONTWAIT));
      if (length < 0) return frames;
      frames.push(buffer.slice(0, length));
    }
  }

  /** How many frames the socket had no room for. */
  lost(): number {
    const statistics = new Uint32Array(2);
    libc.getsockopt(this.#fd, SOL_PACKET, PACKET_STATISTICS, statistics, Uint32Array.of(8));
    return statistics[1]!;
  }

  [Symbol.dispose](): void {
    libc.close(this.#fd);
  }
}

function openSocket(device: string, protocol: number): number {
  const networkOrder = (protocol & 0xff) << 8 | protocol >> 8;
  const fd = libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, networkOrder);
  if (fd < 0) throw new Error("socket(AF_PACKET) failed");
  // struct sockaddr_ll: family, protocol, ifindex, and nothing else to say.
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, protocol);
  address.setInt32(4, libc.if_nametoindex(new TextEncoder().encode(`${device}\0`)), true);
  if (libc.bind(fd, new Uint8Array(address.buffer), 20) === 0) return fd;
  libc.close(fd);
  throw new Error(`bind() to "${device}" failed`);
}

function setOption(fd: number, level: number, option: number, value: number): void {
  if (libc.setsockopt(fd, level, option, Int32Array.of(value), 4) !== 0) throw new Error(`setsockopt ${option} failed`);
}

/** struct virtio_net_hdr without offloads: flags, gso_type, hdr_len, and six bytes of no use here. */
function withVnetHeader(frame: Uint8Array, linearBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(10 + frame.length);
  new DataView(bytes.buffer).setUint16(2, linearBytes, true);
  bytes.set(frame, 10);
  return bytes;
}

function lastErrno(): number {
  return new Deno.UnsafePointerView(libc.__errno_location()!).getInt32();
}
