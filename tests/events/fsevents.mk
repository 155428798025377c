# SPDX-License-Identifier: MIT
# The packer with the watcher's edge for macOS, compiled on Linux as on a Mac, and a made-up FSEvents: test_fsevents.py runs it.

FSEVENTS := $(BUILD)/events
FSEVENTS_CFLAGS = $(STD) -D_GNU_SOURCE -DF_GETPATH=7777 -O2 -g -Wall -Wextra -Itests/events/fsevents -Itests/mac/include

$(FSEVENTS)/watch_fsevents.o: packer/events/watch_fsevents.c
	$(Q)mkdir -p $(@D)
	$(Q)gcc $(FSEVENTS_CFLAGS) -U__linux__ -D__APPLE__=1 -DO_EVTONLY=0 -Dfcntl=world_fcntl -MMD -MP -c -o $@ $<

$(FSEVENTS)/world.o: tests/events/fsevents/world.c
	$(Q)mkdir -p $(@D)
	$(Q)gcc $(FSEVENTS_CFLAGS) -MMD -MP -c -o $@ $<

$(FSEVENTS)/usermount-pack: $(FSEVENTS)/watch_fsevents.o $(FSEVENTS)/world.o \
    $(filter-out %/watch_fanotify.o %/watch_fsevents.o, $(PACK_OBJ))
	$(call say,LD $@)
	$(Q)$(CC) $(PACK_LDFLAGS) -o $@ $^ $(PACK_LIBS)

-include $(FSEVENTS)/watch_fsevents.d $(FSEVENTS)/world.d
