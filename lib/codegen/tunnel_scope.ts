/**
 * What the template of tunnels asks for: which kinds are looked at, and what of them is noted.
 *
 * @module
 */

import type { Demand, Place } from "../model/places.ts";
import { type HeaderName, sliceOf } from "../model/layers.ts";
import { readPlace } from "./expressions.ts";
import type { TemplateScope } from "./template.ts";

type TunnelHeader =
  & HeaderName
  & ("gre" | "grekey" | "erspan2" | "erspan3" | "vxlan" | "geneve" | "gtp" | "gtpext" | "tunnel" | "tunnelid");

/** Which kinds of tunnels, and what of them. */
export function tunnelScope({ places, presences }: Demand): TemplateScope {
  const has = (...layers: TunnelHeader[]): boolean => layers.some((layer) => presences.has(layer));
  const fields = (layer: TunnelHeader, base: string): TemplateScope => ({
    [layer]: has(layer),
    ...(has(layer) && {
      [`${layer}_fields`]: places.filter((place: Place) => place.layer === layer)
        .map((place) => ({ name: place.name, value: readPlace(place, base) })),
    }),
  });
  const slices = places.some(({ layer }) => sliceOf(layer)?.start === "geneve");
  const any = has("tunnel", "tunnelid");
  const vxlan = any || has("vxlan");
  const geneve = any || slices || has("geneve");
  const gtp = any || has("gtp", "gtpext");
  const erspan = any || has("erspan2", "erspan3");
  const key = has("grekey", "tunnelid");
  const gre = erspan || key || has("gre");
  const udp = vxlan || geneve || gtp;
  if (!udp && !gre) return { tunnels: false };
  return {
    tunnels: true,
    tunnel: has("tunnel"),
    tunnelid: has("tunnelid"),
    udp_tunnels: udp,
    ...(udp && { sees_vxlan: vxlan, sees_geneve: geneve, sees_gtp: gtp }),
    ...(vxlan && fields("vxlan", "tunnel")),
    ...(geneve && { ...fields("geneve", "tunnel"), geneve_slices: slices }),
    ...(gtp && { ...fields("gtp", "tunnel"), ...fields("gtpext", "container") }),
    sees_gre: gre,
    ...(gre && { ...fields("gre", "gre"), sees_behind_gre: erspan || key }),
    ...((erspan || key) && { sees_key: key, sees_erspan: erspan }),
    ...(key && { grekey: has("grekey") }),
    ...(erspan && { ...fields("erspan2", "erspan"), ...fields("erspan3", "erspan") }),
  };
}
