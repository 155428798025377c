# SPDX-License-Identifier: MIT
# What the tests of faults are run with: an agent whose probe is a traitor, and a malloc that fails when told to.

TRAITOR := $(BUILD)/faults/traitor
$(BUILD)/faults/traitor.o: tests/faults/traitor.c $(LIBS_OK)
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(AGENT_CFLAGS) -MMD -MP -c -o $@ $<

$(TRAITOR): $(filter-out %/probe.o, $(AGENT_OBJ)) $(BUILD)/faults/traitor.o
	$(call say,LD $@)
	$(Q)$(MUSL_CC) $(SIZE) $(AGENT_LDFLAGS) -o $@ $^ $(LIBNFS) -L$(LIBS)/lib -ltirpc

# What the jails of the stream's children let through.
CRIMES_OBJ := $(addprefix $(OUT)/agent/, events/jails.o system/jail.o)
$(BUILD)/faults/crimes: tests/faults/crimes.c $(CRIMES_OBJ)
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(AGENT_CFLAGS) $(AGENT_LDFLAGS) -o $@ $< $(CRIMES_OBJ)

# Preloaded into the packer.
$(BUILD)/faults/scarce.so: tests/faults/scarce.c
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(STD) $(WARNINGS) -O1 -fPIC -shared -o $@ $<

.PHONY: faults
faults: $(TRAITOR) $(BUILD)/faults/crimes $(BUILD)/faults/scarce.so

-include $(BUILD)/faults/traitor.d
