# SPDX-License-Identifier: MIT
# The fuzzers of the agent's edges. The probe's: libtirpc and libnfs, built once more by the fuzzers' compiler, with the sanitizers.

FUZZ_LIBS := $(BUILD)/fuzz/libs
FUZZ_LIBS_OK := $(FUZZ_LIBS)/lib/.built
PROBE_SRC = agent/probe/rpc.c agent/probe/nfs.c agent/probe/socket.c agent/system/recorder.c agent/system/clock.c \
    tests/fuzz/probe_memory.c
PROBE_OBJ := $(PROBE_SRC:%.c=$(BUILD)/fuzz/probe/%.o)
# What both libraries do by habit, and every compiler here does as meant, is left out: 1 << 31, memcpy(NULL, 0).
PROBE_FLAGS = -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize=shift,alignment,nonnull-attribute,pointer-overflow -fno-sanitize-recover=all \
    -include $(CURDIR)/tests/fuzz/xdr_names.h
PROBE_WRAP = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free,--wrap=poll

$(FUZZ_LIBS_OK): agent/libs/build agent/libs/libnfs-bounds.patch $(BUILD)/libs/src/.fetched tests/fuzz/xdr_names.h
	$(call say,BUILD libtirpc libnfs with sanitizers)
	$(Q)CFLAGS="-O1 -g $(PROBE_FLAGS)" AR=llvm-ar RANLIB=llvm-ranlib agent/libs/build $(BUILD)/libs/src \
	    $(FUZZ_LIBS) clang $(ARCH)-linux-gnu
	$(Q)touch $@

# Its clients are kept track of: see probe_memory.h.
$(BUILD)/fuzz/probe/agent/probe/rpc.o: FUZZ_CFLAGS += -Dclnt_vc_create=client_kept
$(BUILD)/fuzz/probe/%.o: %.c $(FUZZ_LIBS_OK)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) $(PROBE_FLAGS) -isystem $(FUZZ_LIBS)/include \
	    -isystem $(FUZZ_LIBS)/include/tirpc -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/fuzz_probe: tests/fuzz/fuzz_probe.c $(PROBE_OBJ) $(BUILD)/fuzz/pure.a
	$(call say,FUZZER $<)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined $(PROBE_WRAP) -MMD -MP -o $@ $< $(PROBE_OBJ) \
	    $(BUILD)/fuzz/pure.a -L$(FUZZ_LIBS)/lib -lnfs -ltirpc

# And the reading end of a worker's pipe.
$(BUILD)/fuzz/fuzz_worker: tests/fuzz/fuzz_worker.c agent/system/worker.c agent/system/recorder.c agent/system/clock.c $(BUILD)/fuzz/pure.a
	$(call say,FUZZER $<)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $(filter %.c, $^) $(BUILD)/fuzz/pure.a

-include $(PROBE_OBJ:.o=.d)
