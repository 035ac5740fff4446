import type { FieldCases } from "../field_cases.ts";
import { gtpSessionCases } from "../gtp_session_cases.ts";

export const cases: FieldCases = gtpSessionCases({
  field: "gtp.qfi",
  widthBits: 6,
  full: (qfi) => ({ qfi: 0xc0 | qfi, pduType: 15 }),
  five: { qfi: 5 },
  other: { qfi: 0x29 },
});
