/* SPDX-License-Identifier: MIT */
/*
 * mountspec: reads and writes one `mount` value, `[SERVER:]/EXPORT[:/TARGET[:OPTIONS]]`.
 *
 * PURE. It splits the text at its colons, and then unescapes each part (text_unescape()). A colon inside a path is
 * therefore written \072. TARGET defaults to EXPORT.
 */
#ifndef USERMOUNT_MOUNTSPEC_H
#define USERMOUNT_MOUNTSPEC_H

#include "config.h"

/* Reads `text` into *mount, and leaves its origins alone. CONFIG_OK or a reason. *mount is then undefined; with
 * CONFIG_NO_TARGET, all but the target is valid. */
enum config_reason mountspec_read(struct text text, struct config_mount *mount);

/* Appends the value, escaped: mountspec_read() reads it back. */
void mountspec_write(const struct config_mount *mount, struct text_out *out);

/* Appends "192.168.65.1:/Users" or "[2001:db8::1]:/Users", unescaped. */
void mountspec_source(const char *server, const char *export, struct text_out *out);

/* Checks a server and copies it without brackets: a host name (RFC 1123, and "_"), an IPv4 or IPv6 address, or
 * "gateway". CONFIG_OK, CONFIG_URL, CONFIG_SERVER_PORT or CONFIG_BAD_SERVER. */
enum config_reason mountspec_server(struct text text, char out[CONFIG_SERVER_SIZE]);

/* Appends `text` for text_unescape(). Blanks, double quotes, "\", "#", every byte of `special` and what text_visible()
 * does not accept become \ooo. */
void mountspec_escape(const char *text, const char *special, struct text_out *out);

#endif
