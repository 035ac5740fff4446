/**
 * Asks what this process may do without making Deno prompt: what is only an optimisation must never ask a question.
 *
 * @module
 */

/** Whether a permission is granted now; never prompts. */
export function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

/** An environment variable's value; undefined when it is unset, empty, or not permitted. Never prompts. */
export function readVariable(variable: string): string | undefined {
  return isGranted({ name: "env", variable }) ? Deno.env.get(variable) || undefined : undefined;
}
