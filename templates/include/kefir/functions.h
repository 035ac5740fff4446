//% if in_line

/* All functions are in line: the program calls nothing but helpers. */
#define KEFIR_GLOBAL static __always_inline
#define KEFIR_APART static __always_inline
#define KEFIR_STEP static __always_inline long
//% end
//% if calls_own

/*
 * Not static: the verifier looks into a global function once, and not once for each way that a packet can come there. It also
 * knows nothing of what such a function wrote, and so does not tell one outcome from another in all that follows.
 */
#define KEFIR_GLOBAL __attribute__((noinline))
/* A function of its own: the stack that it takes is then free for the rest. */
#define KEFIR_APART static __attribute__((noinline))
/* A round of a loop: step(index, data) returns 1 to end it. */
#define KEFIR_STEP static __attribute__((noinline)) long
//% end
//% if loops_by_call
#define KEFIR_LOOP(most, step, data) bpf_loop(most, step, data, 0)
#define KEFIR_SHORT_LOOP
//% end
//% if loops_in_line
/* Without the asm: clang 13 may keep 32 bits of the round on the stack, of which the verifier then knows no bound. */
#define KEFIR_LOOP(most, step, data) \
	do { \
		_Pragma("clang loop unroll(disable)") for (__u64 round = 0; round < (most); round++) { \
			asm volatile("" : "+r"(round)); \
			if (step(round, data)) \
				break; \
		} \
	} while (0)
#define KEFIR_SHORT_LOOP
//% end
//% if unrolls
#define KEFIR_LOOP(most, step, data) \
	do { \
		_Pragma("clang loop unroll(full)") for (__u32 round = 0; round < (most); round++) \
			if (step(round, data)) \
				break; \
	} while (0)
#define KEFIR_SHORT_LOOP _Pragma("clang loop unroll(full)")
//% end
