// SPDX-License-Identifier: BSD-2-Clause
/*
 * Preloaded before ethtool: writes what ethtool asks of the kernel about rules, a line for each request, to the file
 * that KEFIR_RECORD names. The kernel gets every request as it is.
 */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define print_bytes(file, name, object) print_range(file, name, &(object), sizeof(object))

/* Zeros at the end are left out. */
static void print_range(FILE *file, const char *name, const void *start, size_t size)
{
	while (size > 0 && ((const uint8_t *)start)[size - 1] == 0)
		size--;
	fprintf(file, ",\"%s\":\"", name);
	for (size_t at = 0; at < size; at++)
		fprintf(file, "%02x", ((const uint8_t *)start)[at]);
	fprintf(file, "\"");
}

static void record(const struct ethtool_rxnfc *request)
{
	const char *name = getenv("KEFIR_RECORD");
	const struct ethtool_rx_flow_spec *spec = &request->fs;
	FILE *file = name ? fopen(name, "a") : NULL;

	if (!file)
		abort();
	fprintf(file, "{\"command\":%u,\"location\":%u", request->cmd, spec->location);
	if (request->cmd == ETHTOOL_SRXCLSRLINS) {
		fprintf(file, ",\"flowType\":%u", spec->flow_type);
		print_bytes(file, "h_u", spec->h_u);
		print_bytes(file, "m_u", spec->m_u);
		print_bytes(file, "h_ext", spec->h_ext);
		print_bytes(file, "m_ext", spec->m_ext);
		fprintf(file, ",\"ringCookie\":\"%016llx\"", (unsigned long long)spec->ring_cookie);
		fprintf(file, ",\"rssContext\":%u", request->rss_context);
	}
	fprintf(file, "}\n");
	fclose(file);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;

	va_start(arguments, request);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);

	if (request == SIOCETHTOOL) {
		const struct ethtool_rxnfc *asked = (const void *)((struct ifreq *)argument)->ifr_data;

		if (asked->cmd == ETHTOOL_SRXCLSRLINS || asked->cmd == ETHTOOL_SRXCLSRLDEL)
			record(asked);
	}
	return syscall(SYS_ioctl, fd, request, argument);
}
