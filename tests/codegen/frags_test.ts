import { createCprog } from "../../lib/cprog.ts";
import { loadCprog } from "../../lib/load.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { tierTest } from "../judges/tiers.ts";

/** Without `frags` nothing is copied, and of these rules clang made a program with a 32-bit copy of the frame's address. */
const RULES = `
pass eth.type == 0x8101
pass ip.addr >= 0.0.0.0
pass l4.data >= 0
pass ip.proto >= 0
pass ipv6.l4.dstport >= 0
default drop
`;

tierTest("kernel", "the address of a frame stays a pointer to the verifier without frags", async () => {
  const cprog = createCprog(parseFilter(RULES).filter, { strategy: "inline", frags: false });
  using _loaded = loadCprog(cprog, await compileC(cprog.text, { cache: false }));
});
