/**
 * Takes filters off.
 *
 * @module
 */

import { logOf } from "../diagnostics/log.ts";
import { currentNetns, findInterface } from "../kernel/interface.ts";
import { openPinnedLink } from "../kernel/link.ts";
import { detachClsact } from "../kernel/tc.ts";
import {
  clsactSlot,
  type Deployment,
  readDeployment,
  readDeployments,
  removeDeployment,
  requireReadable,
} from "./deployment.ts";
import { type AttachedFilter, describeDeployment } from "./description.ts";
import { DEPLOYMENT_NAME, linkPath, withLock } from "./layout.ts";

const log = logOf("deploy");

/** How filters are taken off. */
export interface DetachOptions {
  /** Only tell what would be done. */
  readonly dryRun?: boolean;
}

/**
 * Detaches the deployment of that name and removes all its pins.
 *
 * @throws Deno.errors.NotFound without such a deployment, or when a clsact qdisc of another network namespace holds it
 * @throws UnavailableError when another version's deployment has the name
 */
export function detach(name: string, options: DetachOptions = {}): AttachedFilter {
  return withLock(() => {
    const deployment = requireDeployment(name);
    if (options.dryRun !== true) takeOff(deployment);
    return describeDeployment(deployment);
  });
}

/**
 * Detaches all that kefir has on an interface, and nothing else.
 *
 * @param which name or number of the interface
 * @throws Deno.errors.NotFound without such an interface
 */
export function detachInterface(which: string | number, options: DetachOptions = {}): readonly AttachedFilter[] {
  return withLock(() => {
    const { ifindex } = findInterface(which);
    const netns = currentNetns();
    const found = readDeployments().filter(({ generation: { manifest } }) =>
      manifest.ifindex === ifindex && manifest.netns === netns
    );
    if (options.dryRun !== true) found.forEach(takeOff);
    return found.map(describeDeployment);
  });
}

/**
 * The deployment of that name. Under the lock.
 *
 * @throws Deno.errors.NotFound without one
 * @throws UnavailableError when it is another version's
 */
export function requireDeployment(name: string): Deployment {
  const isName = DEPLOYMENT_NAME.test(name);
  const deployment = isName ? readDeployment(name) : undefined;
  if (deployment !== undefined) return deployment;
  if (isName) requireReadable(name);
  const known = readDeployments().map((one) => one.name).join(", ") || "none";
  throw new Deno.errors.NotFound(`Cannot find the filter ${JSON.stringify(name)}: attached are ${known}`);
}

/** Detaches a deployment and removes its pins. Under the lock. */
export function takeOff({ name, state, generation: { manifest } }: Deployment): void {
  if (state === "elsewhere") {
    throw new Deno.errors.NotFound(
      `Cannot detach "${name}": it is in another network namespace (nsenter --net=/run/netns/NAME)`,
    );
  }
  if (manifest.kind === "clsact") {
    if (state === "attached") detachClsact(clsactSlot(manifest), { removeQdisc: manifest.createdQdisc === true });
    removeDeployment(name);
    log.info(`detached "${name}"`, { name });
    return;
  }
  // Where the last pin's reference is dropped after a grace period, the attachment ends then: detaching ends it now. In this
  // order, a command that is killed in between leaves no link, which the next one takes for what it is.
  using link = openPinnedLink(linkPath(name));
  removeDeployment(name);
  link.detach();
  log.info(`detached "${name}"`, { name });
}
