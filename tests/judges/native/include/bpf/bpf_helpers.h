/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What generated programs use of libbpf's bpf_helpers.h, for a native build with sanitizers. Helpers do what the kernel's
 * do, by their description in linux/bpf.h; maps are memory of exactly their size.
 */
#ifndef KEFIR_NATIVE_BPF_HELPERS_H
#define KEFIR_NATIVE_BPF_HELPERS_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bpf.h>

#define SEC(name) __attribute__((used))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))

/* The frame under test: `bytes` long, of which the first are at ctx->data as well. */
static struct {
	const __u8 *data;
	__u32 bytes;
} kefir_native_frame;

/* Generated programs read where the packet is; that is anywhere, so no wide load may be assumed aligned. */
#define KEFIR_READ(bits, at) ({ \
	__u##bits kefir_native_value; \
	__builtin_memcpy(&kefir_native_value, (at), sizeof(kefir_native_value)); \
	kefir_native_value; \
})

/*
 * Maps: the same declarations, whose sizes the macros read back. The values of an array of maps are pointers to the inner
 * maps.
 */
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) void **value
#define KEFIR_NATIVE_NUMBER(member) (sizeof(*(member)) / sizeof(int))
#define KEFIR_NATIVE_ENTRIES(map) KEFIR_NATIVE_NUMBER((map)->max_entries)

struct kefir_native_map {
	char name[64];
	__u32 entries;
	__u32 value_bytes;
	__u8 *values;
};

static struct kefir_native_map kefir_native_maps[8];

/* The map of that name, "&NAME"; it is made when it is first asked for. */
static struct kefir_native_map *kefir_native_map(const char *name, size_t entries, size_t value_bytes)
{
	for (struct kefir_native_map *map = kefir_native_maps; map < kefir_native_maps + 8; map++) {
		if (!map->name[0]) {
			snprintf(map->name, sizeof(map->name), "%s", name);
			map->entries = entries;
			map->value_bytes = value_bytes;
			map->values = calloc(entries, value_bytes);
		}
		if (strcmp(map->name, name))
			continue;
		if (map->entries != entries || map->value_bytes != value_bytes) {
			fprintf(stderr, "%s has %u entries of %u bytes in user space, %zu of %zu in C\n", name, map->entries,
				map->value_bytes, entries, value_bytes);
			abort();
		}
		return map;
	}
	abort();
}

static void *kefir_native_lookup(struct kefir_native_map *map, __u32 type, const __u32 *key)
{
	if (*key >= map->entries)
		return NULL;

	__u8 *value = map->values + (size_t)*key * map->value_bytes;

	return type == BPF_MAP_TYPE_ARRAY_OF_MAPS ? *(void **)value : value;
}

/* An inner map is known by its pointer alone, and says itself how large it is. */
struct kefir_native_inner {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	int (*max_entries)[1];
	__u8 *value;
};

#define KEFIR_NATIVE_DECLARED(map) _Generic((map), void *: (struct kefir_native_inner *)NULL, default: (map))
#define KEFIR_NATIVE_INNER(map) _Generic((map), void *: (map), default: NULL)

#define bpf_map_lookup_elem(map, key) \
	kefir_native_lookup(KEFIR_NATIVE_INNER(map) ? (struct kefir_native_map *)KEFIR_NATIVE_INNER(map) : \
			    kefir_native_map(#map, KEFIR_NATIVE_ENTRIES(KEFIR_NATIVE_DECLARED(map)), \
					     sizeof(*KEFIR_NATIVE_DECLARED(map)->value)), \
			    KEFIR_NATIVE_NUMBER(KEFIR_NATIVE_DECLARED(map)->type), key)

static inline long bpf_loop(__u32 count, long (*step)(__u32, void *), void *context, __u64 flags)
{
	__u32 index = 0;

	if (flags || count > 1 << 23)
		return -1;
	while (index < count)
		if (step(index++, context))
			break;
	return index;
}

static inline long kefir_native_load_bytes(__u32 offset, void *to, __u32 bytes)
{
	if (offset > 0xffff || bytes > 0xffff || offset + bytes > kefir_native_frame.bytes)
		return -1;
	memcpy(to, kefir_native_frame.data + offset, bytes);
	return 0;
}

static inline long bpf_xdp_load_bytes(struct xdp_md *ctx, __u32 offset, void *to, __u32 bytes)
{
	return kefir_native_load_bytes(offset, to, bytes);
}

static inline __u64 bpf_xdp_get_buff_len(struct xdp_md *ctx)
{
	return kefir_native_frame.bytes;
}

/* Says nothing: what counts is that verdicts are the same, and that the text ends where it is said to. */
static inline long bpf_trace_printk(const char *format, __u32 bytes, ...)
{
	if (!bytes || strnlen(format, bytes) != bytes - 1) {
		fprintf(stderr, "the text to print is not %u bytes long\n", bytes);
		abort();
	}
	return bytes;
}

static inline long bpf_skb_load_bytes(const void *skb, __u32 offset, void *to, __u32 bytes)
{
	long failed = kefir_native_load_bytes(offset, to, bytes);

	if (failed)
		memset(to, 0, bytes);
	return failed;
}

#endif
