/**
 * Whether whoever attaches a filter over SSH may lock himself out.
 *
 * @module
 */

import { type Diagnostic, evaluate, Filter, findField, type HookName, parseHex, type Rule } from "../mod.ts";

/** A warning when the default drops every packet that a new SSH connection to this host needs at the hook. */
export function checkLockout(filter: Filter, hook: HookName): readonly Diagnostic[] {
  if (filter.defaultAction !== "drop") return [];
  // Addresses and tags that nobody here knows may be the right ones: a rule that passes SSH from anywhere is enough.
  const anywhere = new Filter({
    rules: filter.rules.filter((rule) => rule.action === "pass" || !rule.matches.some(isAboutPeer)).map(withoutPeer),
    defaultAction: "drop",
  });
  const frames = hook === "tc-egress" ? REPLIES : REQUESTS;
  if (frames.some((bytes) => evaluate(anywhere, { bytes }).rule !== null)) return [];
  const what = hook === "tc-egress" ? "replies from TCP port 22" : "connections to TCP port 22";
  return [{
    severity: "warning",
    code: "lockout-risk",
    message: `the default drops ${what}: SSH to this host ends where this is its interface`,
    hint: hook === "tc-egress" ? "pass tcp.srcport == 22" : "pass tcp.dstport == 22",
  }];
}

function withoutPeer(rule: Rule): Rule {
  return { ...rule, matches: rule.matches.filter((match) => !isAboutPeer(match)) };
}

function isAboutPeer({ field }: Rule["matches"][number]): boolean {
  return ["mac", "ipv4", "ipv6"].includes(findField(field)?.format ?? "") || /^[sc]?vlan\./.test(field);
}

const REQUESTS = [synFrame(ipv4(), 50_000, 22), synFrame(ipv6(), 50_000, 22)];
const REPLIES = [synFrame(ipv4(), 22, 50_000), synFrame(ipv6(), 22, 50_000)];

/** Ethernet, IP, and TCP with only ports, length and SYN: RFC 9293 section 3.1. */
function synFrame(ip: string, sourcePort: number, destinationPort: number): Uint8Array {
  const ports = [sourcePort, destinationPort].map((port) => port.toString(16).padStart(4, "0")).join("");
  const bytes = parseHex(`020000000002 020000000001 ${ip} ${ports} 00000000 00000000 50020000 00000000`);
  if (bytes === undefined) throw new Error("unreachable: the frame is not hexadecimal");
  return bytes;
}

/** RFC 791, between addresses for documentation (RFC 5737). */
function ipv4(): string {
  return "0800 45000028 00004000 40060000 c0000201 c6336401";
}

/** RFC 8200, between addresses for documentation (RFC 3849). */
function ipv6(): string {
  const address = "20010db8000000000000000000000001";
  return `86dd 60000000 00140640 ${address} ${address}`;
}
