/**
 * HOOKS: everything kefir knows about each place where a program can run, once. XDP and TC differ here, and in the
 * template of each context, and nowhere else.
 *
 * @module
 */

/** Where in the kernel a filter runs. */
export type HookName = "xdp" | "tc-ingress" | "tc-egress";

/** What a filter does with a packet. */
export type Action = "pass" | "drop";

/** A row of HOOKS. */
export interface Hook {
  /** Name, as on the command line. */
  readonly name: HookName;
  /** `xdp` or `tc`: which template reaches the packet. */
  readonly context: "xdp" | "tc";
  /** ELF section of the program, as libbpf reads it. */
  readonly section: string;
  /** Return code of each action, `linux/bpf.h` enum xdp_action and `linux/pkt_cls.h` TC_ACT_*. */
  readonly verdicts: Readonly<Record<Action, number>>;
  /** The names of these codes, for the generated C. */
  readonly verdictNames: Readonly<Record<Action, string>>;
  /** Whether the outer VLAN tag may be in the packet's metadata instead of in its bytes. */
  readonly vlanMetadata: boolean;
  /** Oldest kernel that the hook works on, and the reason. */
  readonly oldestKernel: string;
  /** What the hook sees, in a sentence. */
  readonly description: string;
}

/** The rows. */
export const HOOKS: Readonly<Record<HookName, Hook>> = Object.freeze({
  xdp: Object.freeze({
    name: "xdp",
    context: "xdp",
    section: "xdp",
    verdicts: Object.freeze({ drop: 1, pass: 2 }),
    verdictNames: Object.freeze({ drop: "XDP_DROP", pass: "XDP_PASS" }),
    vlanMetadata: false,
    oldestKernel: "5.17 (bpf_loop); 5.18 for packets in several buffers",
    description: "Before the kernel allocates anything: the cheapest place to drop what comes in",
  }),
  "tc-ingress": tc("tc-ingress", "What comes in, after VLAN tags went to metadata and segments were merged"),
  "tc-egress": tc("tc-egress", "What goes out, before the driver gets it"),
});

/** The hook of that name, or undefined. */
export function findHook(name: string): Hook | undefined {
  return Object.hasOwn(HOOKS, name) ? HOOKS[name as HookName] : undefined;
}

/** The action of a return code at a hook, or undefined for a code that kefir never returns. */
export function actionOfVerdict(hook: Hook, code: number): Action | undefined {
  if (code === hook.verdicts.pass) return "pass";
  if (code === hook.verdicts.drop) return "drop";
  return undefined;
}

function tc(name: "tc-ingress" | "tc-egress", description: string): Hook {
  return Object.freeze({
    name,
    context: "tc",
    section: "tc",
    // TC_ACT_UNSPEC rather than TC_ACT_OK: programs and filters after kefir still run.
    verdicts: Object.freeze({ drop: 2, pass: -1 }),
    verdictNames: Object.freeze({ drop: "TC_ACT_SHOT", pass: "TC_ACT_UNSPEC" }),
    vlanMetadata: true,
    oldestKernel: "5.17 (bpf_loop); 6.6 for TCX, clsact before",
    description,
  });
}
