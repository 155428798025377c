/* SPDX-License-Identifier: MIT */
/*
 * address: parses the addresses of hosts and networks by the rules of macOS' libc. Pure. Sources: inet_aton(3),
 * inet_network(3) and inet_makeaddr(3) of macOS; RFC 4291.
 */
#ifndef PACKER_EXPORTS_ADDRESS_H
#define PACKER_EXPORTS_ADDRESS_H

#include "world.h"

/* Parses a host's address: "127.0.0.1", "127.1", "0x7f000001", "::1", "fe80::1%en0". Returns false if it is a name. */
bool exports_address(const char *text, struct exports_address *address);

/* Parses the number of a network in host order, by inet_network(3): "192.168.64.0", "10", "0xa.0". */
bool exports_network(const char *text, uint32_t *number);

/* Returns the address of a network's number in host order, by inet_makeaddr(3): 10.0.0.0 for 10. */
uint32_t exports_network_address(uint32_t number);

/* Returns the mask of the address's class, in host order. */
uint32_t exports_class_mask(uint32_t address);

/* Parses an IPv6 address by inet_pton(3). */
bool exports_address6(const char *text, unsigned char bytes[16]);

bool exports_same_address(const struct exports_address *a, const struct exports_address *b);

/* 127.0.0.1, the source address of requests from Docker's VM. */
extern const struct exports_address exports_loopback;

#endif
