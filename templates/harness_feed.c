// SPDX-License-Identifier: BSD-2-Clause
/*
 * kefir /*= version */: feeds a trace to unchanged programs, to measure them.
 *
 * Each run puts the next frame of the trace in place of the placeholder that BPF_PROG_TEST_RUN was given, and goes on to
 * a program by tail call. Every program has a feeder of its own, the same instructions with another slot: a constant
 * slot is a direct jump, and costs all of them the same. The last slots are the empty program, whose time is that of the
 * feeder, the yardstick H, one lookup of a random existing key, and H behind the parsing of the frame. The key comes with
 * the frame, to all alike.
 */
#include <linux/bpf.h>
//% if tc
#include <linux/pkt_cls.h>
//% end
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define FRAME_WORDS /*= frame_words */
/* Powers of two. */
#define FRAMES /*= frames */
#define PART /*= part */
#define MARKS /*= marks */

//% if xdp
typedef struct xdp_md kefir_ctx;
//% else
typedef struct __sk_buff kefir_ctx;
//% end

struct kefir_trace_frame {
	__u64 key[2];
	/* The key of another entry, combined with the 5-tuple of the frame by exclusive or. */
	__u64 masked[2];
	/* The frame, split where its headers are: see kefir_feed_frame. */
	__u16 unused;
	__u16 first;
	__u32 second;
	__u64 words[FRAME_WORDS];
	__u16 last;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FRAMES);
	__type(key, __u32);
	__type(value, struct kefir_trace_frame);
} kefir_trace SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, /*= slots */);
	__type(key, __u32);
	__type(value, __u32);
} kefir_targets SEC(".maps");

struct kefir_hash_key {
	__u64 words[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, /*= hash_entries */);
	__type(key, struct kefir_hash_key);
	__type(value, __u64);
} kefir_hash SEC(".maps");

/* One variable, so that user space knows where its parts are. */
struct {
	struct kefir_hash_key key;
	struct kefir_hash_key masked;
	/* Runs so far: the frame that comes next, modulo the length of the trace. */
	__u64 cursor;
	/* When the runs reached each part of the trace: the kernel itself says whole nanoseconds per run only. */
	__u64 marks[MARKS];
} kefir_feed SEC(".bss.feed");

/*
 * Puts the next frame into the packet. Returns 0, or less when the placeholder has another size.
 *
 * A load that needs bytes of two stores waits until both are in the cache, some five nanoseconds, which no frame from a
 * network card does. So the words begin at byte 6 of the frame: every field of Ethernet, a tag, IPv4, IPv6, TCP and UDP,
 * whole halves of IPv6 addresses too, is then within one store.
 */
static __always_inline int kefir_feed_frame(kefir_ctx *ctx)
{
	__u8 *packet = (__u8 *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	__u64 cursor = kefir_feed.cursor;
	__u32 index = cursor & (FRAMES - 1);
	struct kefir_trace_frame *frame = bpf_map_lookup_elem(&kefir_trace, &index);

	if (!frame || packet + 8 + 8 * FRAME_WORDS > (__u8 *)end)
		return -1;
	kefir_feed.cursor = cursor + 1;
	if ((cursor & (PART - 1)) == 0)
		kefir_feed.marks[cursor / PART & (MARKS - 1)] = bpf_ktime_get_ns();
	kefir_feed.key.words[0] = frame->key[0];
	kefir_feed.key.words[1] = frame->key[1];
	kefir_feed.masked.words[0] = frame->masked[0];
	kefir_feed.masked.words[1] = frame->masked[1];
	*(__u16 *)packet = frame->first;
	*(__u32 *)(packet + 2) = frame->second;
#pragma unroll
	for (int i = 0; i < FRAME_WORDS; i++)
		*(__u64 *)(packet + 6 + 8 * i) = frame->words[i];
	*(__u16 *)(packet + 6 + 8 * FRAME_WORDS) = frame->last;
	return 0;
}

//% each feeders
SEC("/*= section */")
int kefir_feed_/*= slot */(kefir_ctx *ctx)
{
	if (kefir_feed_frame(ctx) == 0)
		bpf_tail_call(ctx, &kefir_targets, /*= slot */);
	return /*= failed */;
}

//% end
SEC("/*= section */")
int kefir_empty(kefir_ctx *ctx)
{
	return /*= verdict */;
}

SEC("/*= section */")
int kefir_yardstick(kefir_ctx *ctx)
{
	return bpf_map_lookup_elem(&kefir_hash, &kefir_feed.key) ? /*= verdict */ : /*= failed */;
}

/* The addresses, then ports and protocol; zero where the frame has them not. */
static __always_inline void kefir_parse(kefir_ctx *ctx, struct kefir_hash_key *key)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return;
	key->words[0] = ip->saddr | (__u64)ip->daddr << 32;
	key->words[1] = (__u64)ip->protocol << 32;

	__u32 *ports = (void *)ip + ip->ihl * 4;

	if ((void *)(ports + 1) <= end)
		key->words[1] |= *ports;
}

SEC("/*= section */")
int kefir_parsed_yardstick(kefir_ctx *ctx)
{
	struct kefir_hash_key key = {};

	kefir_parse(ctx, &key);
	key.words[0] ^= kefir_feed.masked.words[0];
	key.words[1] ^= kefir_feed.masked.words[1];
	return bpf_map_lookup_elem(&kefir_hash, &key) ? /*= verdict */ : /*= failed */;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
