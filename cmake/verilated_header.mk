# SPDX-License-Identifier: Apache-2.0
# Verilator's header precompiled, with the flags of the models' own makefiles.
VM_COVERAGE = 0
VM_SC = 0
VM_TRACE = 0
VM_TRACE_FST = 0
VM_TRACE_VCD = 0
VM_USER_CFLAGS = -w
default: verilated_first.h.gch
include $(VERILATOR_ROOT)/include/verilated.mk
verilated_first.h.gch: verilated_first.h
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(OPT_FAST) -x c++-header -o $@ $<
