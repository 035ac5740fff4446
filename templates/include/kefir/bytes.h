
/*
 * Integers in network byte order, at offsets that are multiples of their size: the verifier wants that on the stack.
 * A native build, whose packets may start anywhere, defines KEFIR_READ as a copy.
 */
#ifndef KEFIR_READ
typedef __u16 __attribute__((may_alias)) kefir_be16_t;
typedef __u32 __attribute__((may_alias)) kefir_be32_t;
typedef __u64 __attribute__((may_alias)) kefir_be64_t;
#define KEFIR_READ(bits, at) (*(const kefir_be##bits##_t *)(at))
#endif

#define kefir_be16(at) bpf_ntohs(KEFIR_READ(16, at))
#define kefir_be32(at) bpf_ntohl(KEFIR_READ(32, at))
#define kefir_be64(at) bpf_be64_to_cpu(KEFIR_READ(64, at))

/* Keeps the compiler from using what it knows about a value: of one that is 0 or 1 it makes branches, which mispredict. */
#define KEFIR_COMPUTED(value) asm volatile("" : "+r"(value))
//% if wide

typedef unsigned __int128 kefir_u128;
#define KEFIR_U128(high, low) (((kefir_u128)(high) << 64) | (low))
//% end
