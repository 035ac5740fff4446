/**
 * Takes filters off.
 *
 * @module
 */

import { currentNetns, interfaceByName } from "../kernel/interface.ts";
import { detachClsact } from "../kernel/tc.ts";
import { clsactSlot, type Deployment, readDeployment, readDeployments, removeDeployment } from "./deployment.ts";
import { type AttachedFilter, describeDeployment } from "./description.ts";
import { DEPLOYMENT_NAME, withLock } from "./layout.ts";

/** How filters are taken off. */
export interface DetachOptions {
  /** Only tell what would be done. */
  readonly dryRun?: boolean;
}

/**
 * Detaches the deployment of that name and removes all its pins.
 *
 * @throws Deno.errors.NotFound without such a deployment
 * @throws KernelError ENODEV when it is held by the clsact qdisc of another network namespace
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
 * @throws Deno.errors.NotFound without such an interface
 */
export function detachInterface(interfaceName: string, options: DetachOptions = {}): readonly AttachedFilter[] {
  return withLock(() => {
    const { ifindex } = interfaceByName(interfaceName);
    const netns = currentNetns();
    const found = readDeployments().filter(({ generation: { manifest } }) =>
      manifest.ifindex === ifindex && manifest.netns === netns
    );
    if (options.dryRun !== true) found.forEach(takeOff);
    return found.map(describeDeployment);
  });
}

/** The deployment of that name. Under the lock. @throws Deno.errors.NotFound without one */
export function requireDeployment(name: string): Deployment {
  const deployment = DEPLOYMENT_NAME.test(name) ? readDeployment(name) : undefined;
  if (deployment !== undefined) return deployment;
  const known = readDeployments().map((one) => one.name).join(", ") || "none";
  throw new Deno.errors.NotFound(`Cannot find the filter ${JSON.stringify(name)}: attached are ${known}`);
}

function takeOff(deployment: Deployment): void {
  const { manifest } = deployment.generation;
  if (manifest.kind === "clsact" && deployment.state !== "gone") {
    if (deployment.state === "elsewhere") {
      throw new Deno.errors.NotFound(
        `Cannot detach "${deployment.name}": it is in another network namespace (nsenter --net=/run/netns/NAME)`,
      );
    }
    detachClsact(clsactSlot(manifest), { removeQdisc: manifest.createdQdisc === true });
  }
  removeDeployment(deployment.name);
}
