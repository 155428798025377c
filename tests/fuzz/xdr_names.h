/* SPDX-License-Identifier: MIT */
/* The sanitizers' runtime has functions of these names, which want glibc's old RPC behind them; libtirpc's own are
 * what is to run. Included before everything else where the two are linked together. */
#ifndef USERMOUNT_TESTS_XDR_NAMES_H
#define USERMOUNT_TESTS_XDR_NAMES_H

#define xdr_bool tirpc_xdr_bool
#define xdr_bytes tirpc_xdr_bytes
#define xdr_char tirpc_xdr_char
#define xdr_destroy tirpc_xdr_destroy
#define xdr_double tirpc_xdr_double
#define xdr_enum tirpc_xdr_enum
#define xdr_float tirpc_xdr_float
#define xdr_hyper tirpc_xdr_hyper
#define xdr_int tirpc_xdr_int
#define xdr_int16_t tirpc_xdr_int16_t
#define xdr_int32_t tirpc_xdr_int32_t
#define xdr_int64_t tirpc_xdr_int64_t
#define xdr_int8_t tirpc_xdr_int8_t
#define xdr_long tirpc_xdr_long
#define xdr_longlong_t tirpc_xdr_longlong_t
#define xdr_quad_t tirpc_xdr_quad_t
#define xdr_short tirpc_xdr_short
#define xdr_string tirpc_xdr_string
#define xdr_u_char tirpc_xdr_u_char
#define xdr_u_hyper tirpc_xdr_u_hyper
#define xdr_u_int tirpc_xdr_u_int
#define xdr_u_long tirpc_xdr_u_long
#define xdr_u_longlong_t tirpc_xdr_u_longlong_t
#define xdr_u_quad_t tirpc_xdr_u_quad_t
#define xdr_u_short tirpc_xdr_u_short
#define xdr_uint16_t tirpc_xdr_uint16_t
#define xdr_uint32_t tirpc_xdr_uint32_t
#define xdr_uint64_t tirpc_xdr_uint64_t
#define xdr_uint8_t tirpc_xdr_uint8_t
#define xdrmem_create tirpc_xdrmem_create
#define xdrrec_create tirpc_xdrrec_create
#define xdrstdio_create tirpc_xdrstdio_create

#endif
