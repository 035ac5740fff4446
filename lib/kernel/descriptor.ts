/**
 * Ownership of file descriptors.
 *
 * @module
 */

import { checkReturn } from "./gate.ts";
import { F_DUPFD_CLOEXEC } from "./ffi/constants.ts";
import { libc, orErrno } from "./ffi/libc.ts";

/** A file descriptor that is closed once, and refuses to be used after that. */
export class Descriptor implements Disposable {
  readonly #what: string;
  #fd: number;

  /** Takes over `fd`; `what` names the thing in errors, such as `map "rules"`. */
  constructor(fd: number, what: string) {
    this.#fd = fd;
    this.#what = what;
  }

  /** The number. @throws TypeError when closed: the kernel may have given the number to something else */
  get fd(): number {
    if (this.#fd < 0) throw new TypeError(`Cannot use ${this.#what}: it is closed`);
    return this.#fd;
  }

  /** Whether {@link Descriptor.close} was called. */
  get closed(): boolean {
    return this.#fd < 0;
  }

  /** Closes it; a second call does nothing. */
  close(): void {
    const fd = this.#fd;
    this.#fd = -1;
    // An error of close(2) leaves the descriptor closed on Linux, so there is nothing to do about one.
    if (fd >= 0) libc().close(fd);
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A second descriptor, close-on-exec, of what `fd` stands for (fcntl(2), F_DUPFD_CLOEXEC). */
export function duplicateDescriptor(fd: number, what: string): number {
  // From 3 on: a descriptor 0 to 2 would be taken for a standard stream.
  return checkReturn(orErrno(libc().fcntl(fd, F_DUPFD_CLOEXEC, 3)), {
    operation: "fcntl",
    action: "duplicate the descriptor of",
    target: what,
  });
}
