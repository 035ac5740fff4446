/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a generated program, whose text is before this one, on frames from standard input: integers in the machine's byte
 * order.
 *
 *     maps:   u32 count, then for each: u32 bytes of the name, the name, u32 entries, u32 bytes of a value, u32 inner, values
 *     frames: u32 bytes, u32 linear bytes, u32 tagged, u16 tpid, u16 tci, bytes; until the end of the input
 *
 * Of a map with `inner` the values are those of an array map, which is the value of the only slot.
 *
 * For each frame a line: verdict, index of the counter that went up, bytes that it counted.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <sanitizer/asan_interface.h>

const char *__asan_default_options(void)
{
	return "detect_leaks=0:abort_on_error=0";
}

/* ctx->data is 32 bits wide; everything of the arena but the frame is poisoned. */
#define KEFIR_ARENA_BYTES (1u << 18)

static void kefir_read_exactly(void *to, size_t bytes)
{
	if (bytes && fread(to, 1, bytes, stdin) != bytes) {
		fprintf(stderr, "the input ends too early\n");
		exit(2);
	}
}

static __u32 kefir_read_u32(void)
{
	__u32 value;

	kefir_read_exactly(&value, sizeof(value));
	return value;
}

static void kefir_read_maps(void)
{
	__u32 count = kefir_read_u32();

	for (__u32 i = 0; i < count; i++) {
		char name[64] = "&";
		__u32 length = kefir_read_u32();

		if (length > sizeof(name) - 2)
			exit(2);
		kefir_read_exactly(name + 1, length);

		__u32 entries = kefir_read_u32();
		__u32 value_bytes = kefir_read_u32();
		struct kefir_native_map *map = NULL;

		if (kefir_read_u32()) {
			map = calloc(1, sizeof(*map));
			map->entries = entries;
			map->value_bytes = value_bytes;
			/* Exactly as long as in the kernel: what is read beyond it is found. */
			map->values = malloc((size_t)entries * value_bytes);
			*(void **)kefir_native_map(name, 1, sizeof(void *))->values = map;
		} else {
			map = kefir_native_map(name, entries, value_bytes);
		}
		kefir_read_exactly(map->values, (size_t)entries * value_bytes);
	}
}

int main(void)
{
	__u8 *arena = mmap(NULL, KEFIR_ARENA_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	__u32 counters = KEFIR_NATIVE_ENTRIES(&kefir_counters);
	struct kefir_counter *before = calloc(counters, sizeof(*before));
	__u32 bytes;

	if (arena == MAP_FAILED || (uintptr_t)arena + KEFIR_ARENA_BYTES > 0xffffffffu) {
		fprintf(stderr, "no memory below 4 GB\n");
		return 2;
	}
	kefir_read_maps();

	struct kefir_counter *after = (struct kefir_counter *)
		kefir_native_map("&kefir_counters", counters, sizeof(*after))->values;

	for (__u32 number = 0; fread(&bytes, 1, sizeof(bytes), stdin) == sizeof(bytes); number++) {
		__u32 linear = kefir_read_u32();
		__u32 tagged = kefir_read_u32();
		__u16 tag[2];

		kefir_read_exactly(tag, sizeof(tag));
#ifndef KEFIR_NATIVE_TC
		if (tagged)
			return 2;
#endif
		if (linear > bytes || bytes + 64 > KEFIR_ARENA_BYTES)
			return 2;

		/* Exactly the frame's bytes, at an address of any alignment, between poison. */
		__u8 *all = malloc(bytes ? bytes : 1);
		__u8 *data = arena + 32 + number % 8;

		kefir_read_exactly(all, bytes);
		ASAN_UNPOISON_MEMORY_REGION(arena, KEFIR_ARENA_BYTES);
		memcpy(data, all, linear);
		ASAN_POISON_MEMORY_REGION(data + linear, KEFIR_ARENA_BYTES - (data + linear - arena));
		ASAN_POISON_MEMORY_REGION(arena, 32);
		kefir_native_frame.data = all;
		kefir_native_frame.bytes = bytes;
		memcpy(before, after, counters * sizeof(*before));

		kefir_ctx ctx = {
			.data = (__u32)(uintptr_t)data,
			.data_end = (__u32)(uintptr_t)(data + linear),
#ifdef KEFIR_NATIVE_TC
			.len = bytes,
			.vlan_present = tagged,
			.vlan_proto = htobe16(tag[0]),
			.vlan_tci = tag[1],
#endif
		};
		int verdict = kefir(&ctx);
		long changed = -1;

		for (__u32 i = 0; i < counters; i++) {
			if (after[i].packets == before[i].packets && after[i].bytes == before[i].bytes)
				continue;
			if (changed >= 0 || after[i].packets != before[i].packets + 1) {
				fprintf(stderr, "one frame changed several counters\n");
				return 3;
			}
			changed = i;
		}
		if (changed < 0) {
			fprintf(stderr, "a frame changed no counter\n");
			return 3;
		}
		printf("%d %ld %llu\n", verdict, changed,
		       (unsigned long long)(after[changed].bytes - before[changed].bytes));
		free(all);
	}
	return 0;
}
