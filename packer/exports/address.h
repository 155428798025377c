/* SPDX-License-Identifier: MIT */
/*
 * address: numbers that stand for hosts and networks, as the libc of macOS reads them. Pure. Sources: inet(3),
 * inet_network(3) and inet_makeaddr(3); RFC 4291.
 */
#ifndef PACKER_EXPORTS_ADDRESS_H
#define PACKER_EXPORTS_ADDRESS_H

#include "world.h"

/* "127.0.0.1", "127.1", "0x7f000001", "::1", "fe80::1%en0": a host. False: it is a name. */
bool exports_address(const char *text, struct exports_address *address);

/* "192.168.64.0", "10" or "0xa.0" as the number of a network (inet_network), in host order. */
bool exports_network(const char *text, uint32_t *number);

/* That number as an address (inet_makeaddr): 10 is 10.0.0.0. */
uint32_t exports_network_address(uint32_t number);

/* The mask that goes with an address by its class. */
uint32_t exports_class_mask(uint32_t address);

bool exports_address6(const char *text, unsigned char bytes[16]);

bool exports_same_address(const struct exports_address *a, const struct exports_address *b);

/* 127.0.0.1, from where Docker's VM asks. */
extern const struct exports_address exports_loopback;

#endif
