// SPDX-License-Identifier: BSD-2-Clause
/*
 * kefir /*= version */: feeds frames to an unchanged program at TC.
 *
 * BPF_PROG_TEST_RUN takes no frame below 34 bytes of type IPv4 (54 of IPv6), none above some 3 750 bytes, and no VLAN tag
 * in metadata. This program is given a placeholder instead, makes the next frame of a trace out of it, and goes on to the
 * program under test by tail call.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define FRAME_BYTES /*= frame_bytes */

struct kefir_frame {
	__u32 bytes;
	__u16 vlan_tpid;	/* 0 without a tag in metadata */
	__u16 vlan_tci;
	__u8 data[FRAME_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, /*= frames */);
	__type(key, __u32);
	__type(value, struct kefir_frame);
} kefir_frames SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} kefir_target SEC(".maps");

/* The frame that comes next; a run after the last starts over. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} kefir_cursor SEC(".maps");

SEC("tc")
int kefir_harness(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u32 *cursor = bpf_map_lookup_elem(&kefir_cursor, &zero);

	if (!cursor)
		return /*= failed */;

	__u32 index = *cursor < /*= frames */ ? *cursor : 0;
	struct kefir_frame *frame = bpf_map_lookup_elem(&kefir_frames, &index);

	*cursor = index + 1;
	if (!frame)
		return /*= failed */;

	__u32 bytes = frame->bytes;

	if (bytes == 0 || bytes > FRAME_BYTES)
		return /*= failed */;
	if (bpf_skb_change_tail(skb, bytes, 0) || bpf_skb_store_bytes(skb, 0, frame->data, bytes, 0))
		return /*= failed */;
	if (frame->vlan_tpid && bpf_skb_vlan_push(skb, bpf_htons(frame->vlan_tpid), frame->vlan_tci))
		return /*= failed */;
	bpf_tail_call(skb, &kefir_target, 0);
	return /*= failed */;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
