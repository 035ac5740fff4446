/**
 * Where compiled objects are kept, and whether that place can be trusted.
 *
 * An object from the cache goes into the kernel, often as root. sudo may keep `HOME`, so the directory may be another
 * user's; what others can write must not be loaded.
 *
 * @module
 */

import { dirname, isAbsolute, join, resolve } from "node:path";
import { isGranted, readVariable } from "./permission.ts";

/**
 * Opens the directory of the cache, and creates it, for this user only, when it is not there.
 *
 * It must be a real directory of this process's user that nobody else can write, below one of this user's or root's. All
 * else, such as a missing permission or a read-only file system, means that there is no cache; never throws or prompts.
 *
 * @param place a directory, or anything else for `$XDG_CACHE_HOME/kefir`, or else `$HOME/.cache/kefir`
 * @returns an absolute path, or undefined when there is no place that can be trusted
 */
export function openCacheDirectory(place?: string | boolean): string | undefined {
  try {
    const directory = typeof place === "string" ? resolve(place) : defaultDirectory();
    if (directory === undefined || !isUsable(directory)) return undefined;
    if (stat(directory) === undefined) {
      // Root must not leave directories of its own in another user's home.
      if (!hasTrustedAncestor(directory)) return undefined;
      Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
    const info = stat(directory);
    return info?.isDirectory && isTrusted(info) ? directory : undefined;
  } catch {
    return undefined; // no file system error is worth failing a compilation that works without a cache
  }
}

/** Whether only this process's user can have written a file or directory; a symbolic link is never trusted. */
export function isTrusted(info: Deno.FileInfo): boolean {
  const writableByOthers = 0o022;
  return !info.isSymlink && info.uid === Deno.uid() && ((info.mode ?? writableByOthers) & writableByOthers) === 0;
}

/** XDG Base Directory Specification: a relative `$XDG_CACHE_HOME` is to be ignored. */
function defaultDirectory(): string | undefined {
  const xdg = readVariable("XDG_CACHE_HOME");
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "kefir");
  const home = readVariable("HOME");
  return home !== undefined && isAbsolute(home) ? join(home, ".cache", "kefir") : undefined;
}

function isUsable(path: string): boolean {
  return isGranted({ name: "sys", kind: "uid" }) && isGranted({ name: "read", path }) &&
    isGranted({ name: "write", path });
}

/** Whether the nearest directory above that exists belongs to this user or to root. */
function hasTrustedAncestor(directory: string): boolean {
  const parent = dirname(directory);
  if (!isGranted({ name: "read", path: parent })) return false;
  const info = stat(parent);
  if (info === undefined) return parent !== directory && hasTrustedAncestor(parent);
  return info.uid === Deno.uid() || info.uid === 0;
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
