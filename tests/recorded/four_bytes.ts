/**
 * The four bytes above IP, which ethtool's `ip4` and `ip6` fill by any of `src-port`, `dst-port`, `l4data` and `spi`: the
 * structure does not say by which. kefir's fields of ports want a protocol that has ports besides.
 *
 * @module
 */

import { allOnes } from "../../lib/net/bytes.ts";
import { type Condition, equals } from "./condition.ts";

/** Where a field begins in the four bytes, counted from their last bit; and its width. */
const PARTS: ReadonlyMap<string, readonly [shift: bigint, widthBits: number]> = new Map([
  ["srcport", [16n, 16]],
  ["dstport", [0n, 16]],
  ["data", [0n, 32]],
]);

/** The text of a rule with the conditions on the four bytes as one, on `ip.l4.data` or `ipv6.l4.data`. */
export function joinFourBytes(text: string): string {
  const [conditions = "", action] = text.split(" => ");
  if (action === undefined) return text;
  const joined = new Map<string, { value: bigint; mask: bigint }>();
  const rest = conditions.split(", ").filter((condition) => {
    const [, family, part = "", value = "", mask] =
      /^(ip|ipv6)\.l4\.(srcport|dstport|data) (0x[0-9a-f]+)(?:\/(0x[0-9a-f]+))?$/.exec(condition) ?? [];
    const place = PARTS.get(part);
    if (family === undefined || place === undefined) return true;
    const [shift, widthBits] = place;
    const before = joined.get(family) ?? { value: 0n, mask: 0n };
    joined.set(family, {
      value: before.value | BigInt(value) << shift,
      mask: before.mask | (mask === undefined ? allOnes(widthBits) : BigInt(mask)) << shift,
    });
    return false;
  });
  const four = Array.from(
    joined,
    ([family, { value, mask }]): Condition => equals(`${family}.l4.data`, 32, value, mask),
  );
  return `${[...rest, ...four].sort().join(", ")} => ${action}`;
}
