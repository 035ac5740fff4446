import assert from "node:assert/strict";
import {
  buildIntervalMap,
  encodeIntervalShape,
  type Interval,
  intervalInput,
  type IntervalMap,
  type IntervalShape,
  intervalShapeFields,
  lookupInterval,
} from "../../../lib/classify/interval_map/interval_map.ts";
import { fillTemplate } from "../../../lib/codegen/template.ts";
import { BPF_MAP_FLAG, createMap, u32Bytes } from "../../../lib/kernel/map.ts";
import { openObject } from "../../../lib/kernel/object.ts";
import type { BpfProgram } from "../../../lib/kernel/program.ts";
import { compileC } from "../../../lib/toolchain/compile.ts";
import header from "../../../templates/include/kefir/interval_map.h" with { type: "text" };
import { tierTest } from "../../judges/tiers.ts";
import { crowds, probesOf, WIDTHS } from "./arbitrary.ts";

/** What stands before the table in the blob: tables start at multiples of 8. */
const BEFORE = 72;

/** A program that maps the 128-bit integer behind the Ethernet header, low half first, with the table in a blob. */
function program({ form, bytes }: IntervalShape): string {
  const scope = {
    interval32: form === 32,
    interval64: form === 64,
    interval128: form === 128,
    interval_wide: form !== 32,
    unrolls: false,
  };
  const value = { 32: "(__u32)values[0]", 64: "values[0]", 128: "values[1], values[0]" }[form];
  return `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <stddef.h>
#define KEFIR_SHORT_LOOP
${fillTemplate(header, scope, () => "")}
struct blob {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, ${BEFORE + bytes});
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct blob);
} blobs SEC(".maps");

const volatile struct kefir_interval_shape rodata = {};

SEC("xdp") int look(struct xdp_md *ctx)
{
	const __u64 *values = (const __u64 *)((long)ctx->data + 16);
	__u32 zero = 0;
	void *blob = bpf_map_lookup_elem(&blobs, &zero);

	if (!blob || (void *)(values + 2) > (void *)(long)ctx->data_end)
		return -1;

	const __u8 *table = bpf_map_lookup_elem(blob, &zero);

	if (!table)
		return -1;
	struct kefir_interval_shape shape = { rodata.outside, rodata.limit, rodata.root, 0 };

	return kefir_interval_lookup${form}(table + ${BEFORE}, shape, ${value});
}
char LICENSE[] SEC("license") = "Dual BSD/GPL";
`;
}

/** Runs `body` with the program of a shape and a way to put a table into it. */
async function withProgram(
  shape: IntervalShape,
  body: (look: (value: bigint) => number, put: (map: IntervalMap) => void, program: BpfProgram) => void,
): Promise<void> {
  const { elf } = await compileC(program(shape), { cache: false });
  using open = openObject(elf, { name: "interval" });
  open.setInitialValue(".rodata", encodeIntervalShape(shape));
  using object = open.load();
  const frame = new Uint8Array(64);
  const words = new BigUint64Array(frame.buffer, 16, 2);
  const look = (value: bigint): number => {
    words[0] = value;
    words[1] = value >> 64n;
    return object.program().testRun({ data: frame, dataOutBytes: 0 }).returnValue;
  };
  const put = (map: IntervalMap): void => {
    const valueSize = BEFORE + shape.bytes;
    const flags = BPF_MAP_FLAG.mmapable;
    using blob = createMap({ type: "array", name: "blob", keySize: 4, valueSize, maxEntries: 1, flags });
    const value = new Uint8Array(valueSize);
    value.set(map.bytes, BEFORE);
    blob.update(u32Bytes(0), value);
    object.map("blobs").setInnerMap(0, blob);
  };
  body(look, put, object.program());
}

function build(widthBits: number, intervals: readonly Interval[], shape?: IntervalShape): IntervalMap {
  const built = buildIntervalMap(intervalInput(widthBits, intervals), shape === undefined ? {} : { shape });
  if (built.kind === "refused") throw new Error(built.message);
  return built;
}

for (const widthBits of WIDTHS) {
  tierTest("kernel", `the program finds in tables of ${widthBits} bits what lookupInterval() finds`, async () => {
    const { form } = build(widthBits, []).shape;
    // One program, whatever the tables hold: they have the same shape.
    const shape = { form, rootBits: 11, bytes: 3 * 2 ** 19 };
    await withProgram(shape, (look, put) => {
      for (const [name, intervals] of [...Object.entries(crowds(widthBits)), ["nothing", []] as const]) {
        const map = build(widthBits, intervals, shape);
        put(map);
        const probes = probesOf(widthBits, intervals);
        const step = Math.max(1, Math.floor(probes.length / 1_500));
        for (let index = 0; index < probes.length; index += step) {
          const value = probes[index]!;
          assert.equal(look(value), lookupInterval(map, value), `class of ${value}, ${name}`);
        }
      }
    });
  });
}

tierTest("kernel", "the program finds what is at the very end of a table without spare room", async () => {
  for (const widthBits of WIDTHS) {
    const intervals = crowds(widthBits)["spread"]!;
    const { shape, usedBytes } = build(widthBits, intervals);
    const tight = build(widthBits, intervals, { ...shape, bytes: usedBytes });
    await withProgram(tight.shape, (look, put) => {
      put(tight);
      for (const { lo, class: is } of intervals) assert.equal(look(lo), is, `class of ${lo} of ${widthBits} bits`);
    });
  }
});

tierTest("kernel", "the verifier follows a lookup in a few thousand steps", async () => {
  for (const [widthBits, most] of [[32, 2_000], [64, 5_000], [128, 20_000]] as const) {
    await withProgram(build(widthBits, []).shape, (_, __, program) => {
      assert.ok(program.verifiedInstructions() < most, `${program.verifiedInstructions()} of ${widthBits} bits`);
    });
  }
});

tierTest("clang", "struct kefir_interval_shape is what encodeIntervalShape() writes", async () => {
  const { shape } = build(32, []);
  const asserts = Object.keys(intervalShapeFields(shape)).map((name, index) =>
    `_Static_assert(__builtin_offsetof(struct kefir_interval_shape, ${name}) == ${4 * index}, "${name}");`
  );
  const sizes = [
    `_Static_assert(sizeof(struct kefir_interval_shape) == ${encodeIntervalShape(shape).length}, "shape");`,
    `_Static_assert(sizeof(struct kefir_interval_header) == 64, "header");`,
    `_Static_assert(sizeof(struct kefir_interval_slot) == 8, "slot");`,
  ];
  await compileC([program(shape), ...asserts, ...sizes].join("\n"), { cache: false });
});
