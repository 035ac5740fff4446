import type { FieldCases } from "../field_cases.ts";
import { gtpSessionCases } from "../gtp_session_cases.ts";

export const cases: FieldCases = gtpSessionCases({
  field: "gtp.pdu_type",
  widthBits: 4,
  full: (pduType) => ({ pduType, qfi: 0xff }),
  five: { pduType: 5 },
  other: { pduType: 10 },
  brief: true,
});
